// Light, dark, or as the system says; remembered by Rust, and by the page so that it opens in it.
import { SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { Section } from "../../components/Section";
import { useAction } from "../../components/useAction";
import { commands, type Theme } from "../../ipc/bindings";

export function ThemeSection({ theme }: { theme: Theme }) {
  const { setColorScheme } = useMantineColorScheme();
  const save = useAction({
    mutationFn: (chosen: Theme) => commands.setTheme(chosen),
    meta: { failureTitle: "The theme was not saved" },
  });
  return (
    <Section title="Theme">
      <SegmentedControl
        size="xs"
        aria-label="Theme"
        value={theme}
        onChange={(chosen) => {
          setColorScheme(colorScheme(chosen));
          save.run(chosen);
        }}
        data={[
          { value: "system", label: "As the system" },
          { value: "light", label: "Light" },
          { value: "dark", label: "Dark" },
        ]}
      />
    </Section>
  );
}

export const colorScheme = (theme: Theme) => (theme === "system" ? "auto" : theme);
