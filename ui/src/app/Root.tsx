// What is around every page, with or without a workspace.
import { Outlet } from "@tanstack/react-router";
import { useSavedTheme } from "../features/desk/useSavedTheme";

export function Root() {
  useSavedTheme();
  return <Outlet />;
}
