// The map of pages.
import type { QueryClient } from "@tanstack/react-query";
import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Loading, Problem } from "../components/States";
import { deskQuery } from "../features/workspaces/queries";
import { Layout } from "./Layout";
import { Client, Clients, Connect, Links, Welcome } from "./pages";
import { SettingsPage } from "./SettingsPage";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  // Every page needs the desk, and none may wait for it again.
  beforeLoad: async ({ context }) => ({
    desk: await context.queryClient.ensureQueryData(deskQuery),
  }),
});

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: ({ context: { desk } }) => {
    const { open_first: first } = desk;
    if (first === null) throw redirect({ to: "/welcome" });
    const place = desk.settings.last_place;
    if (place?.startsWith(`/w/${first}/`)) throw redirect({ href: place });
    throw redirect({ to: "/w/$workspace/clients", params: { workspace: first } });
  },
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: Welcome,
});

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const connect = createRoute({
  getParentRoute: () => root,
  path: "/connect",
  validateSearch: (search: Record<string, unknown>): { check?: string; replace?: string } => {
    const check = text(search["check"]);
    const replace = text(search["replace"]);
    return { ...(check && { check }), ...(replace && { replace }) };
  },
  component: Connect,
});

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/w/$workspace",
  component: Layout,
});

const clients = createRoute({
  getParentRoute: () => workspace,
  path: "/clients",
  validateSearch: (search: Record<string, unknown>): { new?: true } =>
    search["new"] === true ? { new: true } : {},
  component: Clients,
});

const client = createRoute({
  getParentRoute: () => workspace,
  path: "/clients/$client",
  component: Client,
});

const links = createRoute({
  getParentRoute: () => workspace,
  path: "/links",
  component: Links,
});

const settings = createRoute({
  getParentRoute: () => workspace,
  path: "/settings",
  component: SettingsPage,
});

const tree = root.addChildren([
  start,
  welcome,
  connect,
  workspace.addChildren([clients, client, links, settings]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    // A hash survives reloads on every scheme that Tauri serves pages from.
    history: createHashHistory(),
    defaultPendingComponent: () => <Loading label="Opening" />,
    defaultErrorComponent: ({ error, reset }) => <Problem error={error} onRetry={reset} />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
