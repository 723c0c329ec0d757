// The frame around a workspace's pages: navigation at the left, what must be known on top, the page.
import { AppShell, Burger, Button, Group, Text } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { Outlet, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { usePageKeys } from "../components/usePageKeys";
import { LinkNews } from "../features/links/LinkNews";
import { FreshnessNews } from "../features/sync/FreshnessMark";
import { Banners } from "./Banners";
import { FreshnessLink } from "./FreshnessLink";
import styles from "./Layout.module.css";
import { Navigation } from "./Navigation";
import { openPalette, Palette } from "./Palette";
import { places } from "./places";
import { showShortcuts } from "./shortcuts";

export function Layout() {
  const { workspace } = useParams({ from: "/w/$workspace" });
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [opened, rail] = useDisclosure(false);

  usePageKeys({
    "shift+?": showShortcuts,
    "?": showShortcuts,
    ...Object.fromEntries(
      places.map(({ to, keys }) => [
        keys.toLowerCase().replace(" ", "+"),
        () => void navigate({ to, params: { workspace } }),
      ]),
    ),
  });
  useHotkeys([["mod+K", openPalette]], []);
  // Following a link in the narrow layout closes the rail that it was in.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what closes it.
  useEffect(() => rail.close(), [pathname]);

  return (
    <AppShell
      navbar={{ width: 224, breakpoint: "sm", collapsed: { mobile: !opened } }}
      header={{ height: { base: 44, sm: 0 } }}
      padding={0}
    >
      <Button
        component="a"
        href="#page"
        className={styles["skip"]}
        onClick={(event) => {
          // The address after # belongs to the router.
          event.preventDefault();
          document.getElementById("page")?.focus();
        }}
      >
        Skip to the page
      </Button>
      <AppShell.Header hiddenFrom="sm" className={styles["bar"]}>
        <Group h="100%" px="sm" gap="sm">
          <Burger
            opened={opened}
            onClick={rail.toggle}
            size="sm"
            aria-label={opened ? "Close the navigation" : "Open the navigation"}
          />
          <Text fw={600}>Portico</Text>
          <div className={styles["fresh"]}>
            <FreshnessLink workspace={workspace} />
          </div>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={styles["rail"]} aria-label="Main">
        <Navigation workspace={workspace} />
      </AppShell.Navbar>
      <AppShell.Main className={styles["main"]}>
        <Banners workspace={workspace} />
        <div id="page" tabIndex={-1} className={styles["page"]}>
          <Outlet />
        </div>
      </AppShell.Main>
      <FreshnessNews workspace={workspace} />
      <LinkNews key={workspace} workspace={workspace} />
      <Palette workspace={workspace} />
    </AppShell>
  );
}
