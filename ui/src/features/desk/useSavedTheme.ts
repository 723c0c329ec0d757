// Brings the page to the theme that Rust remembers, should the web view have forgotten it.
import { useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Theme } from "../../ipc/bindings";
import { deskQuery } from "../../ipc/desk";
import { colorScheme } from "./ThemeSection";

export function useSavedTheme() {
  const theme = useQuery(deskQuery).data?.settings.theme;
  const { setColorScheme } = useMantineColorScheme();
  const applied = useRef<Theme | undefined>(undefined);
  useEffect(() => {
    // Only news from Rust: until it knows a theme just chosen, what it says is the old one.
    if (theme === undefined || theme === applied.current) return;
    applied.current = theme;
    setColorScheme(colorScheme(theme));
  }, [theme, setColorScheme]);
}
