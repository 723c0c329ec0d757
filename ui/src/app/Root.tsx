// What is around every page, with or without a workspace.
import { modals } from "@mantine/modals";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useSavedTheme } from "../features/desk/useSavedTheme";

export function Root() {
  const { pathname } = useLocation();
  useSavedTheme();
  // A question about one page is not to be answered on another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what closes them.
  useEffect(() => modals.closeAll(), [pathname]);
  return <Outlet />;
}
