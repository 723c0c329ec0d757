// Brings the page to the theme that Rust remembers, should the web view have forgotten it.
import { useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { deskQuery } from "../../ipc/desk";
import { colorScheme } from "./ThemeSection";

export function useSavedTheme() {
  const theme = useQuery(deskQuery).data?.settings.theme;
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (theme) setColorScheme(colorScheme(theme));
  }, [theme, setColorScheme]);
}
