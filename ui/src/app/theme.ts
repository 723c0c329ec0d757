// The console's look: a dense, calm Mantine theme with one accent and cool greys, light and dark.
import { Alert, createTheme, type MantineColorsTuple } from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#eaf6f8",
  "#d3eaef",
  "#a5d4df",
  "#74bdce",
  "#4ca9bf",
  "#329cb5",
  "#1f8fa9",
  "#117a93",
  "#0a6a80",
  "#04596d",
];

const slate: MantineColorsTuple = [
  "#d5d9e0",
  "#b6bcc7",
  "#959dab",
  "#6b7484",
  "#454d5b",
  "#343b47",
  "#282e38",
  "#1d222a",
  "#161a20",
  "#101318",
];

const mist: MantineColorsTuple = [
  "#f7f8fa",
  "#eff1f4",
  "#e4e7ec",
  "#d5dae1",
  "#bcc3cd",
  "#959eab",
  "#5f6875",
  "#4c5561",
  "#383f4a",
  "#22272f",
];

/** The tones of states, for alerts: softer than Mantine's own, most of all in the dark. */
const tones: Record<string, string> = {
  teal: "good",
  blue: "info",
  yellow: "warn",
  red: "bad",
  gray: "neutral",
};

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 7 },
  colors: { petrol, dark: slate, gray: mist },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  // All three systems know these. Each name that one does not know is looked for at every start, and
  // again for each sign that the first font lacks.
  fontFamily: "system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.4" },
      h2: { fontSize: "0.9375rem", lineHeight: "1.5" },
      h3: { fontSize: "0.875rem", lineHeight: "1.5" },
    },
  },
  components: {
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Alert: Alert.extend({
      vars: (_theme, { color }) => {
        const tone = tones[color ?? ""] ?? "info";
        return { root: { "--alert-bg": `var(--${tone}-soft)`, "--alert-color": `var(--${tone})` } };
      },
    }),
    Button: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Menu: { defaultProps: { shadow: "md", withinPortal: true } },
    Modal: {
      defaultProps: {
        yOffset: "12vh",
        overlayProps: { opacity: 0.45 },
        closeButtonProps: { "aria-label": "Close" },
      },
      styles: { title: { fontWeight: 600 } },
    },
    NativeSelect: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, multiline: true, maw: 320 } },
  },
});
