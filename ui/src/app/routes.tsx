// The map of pages.
import type { QueryClient } from "@tanstack/react-query";
import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { LinkButton } from "../components/links";
import { Empty, Loading, Problem } from "../components/States";
import { PAGE } from "../components/usePagedRows";
import { recallPlace } from "../features/clients/place";
import { clientFiltersQuery, clientsQuery, plainList } from "../features/clients/queries";
import { isDay } from "../format";
import { commands } from "../ipc/bindings";
import { deskQuery } from "../ipc/desk";
import { Clients } from "./ClientsRoute";
import { tellFirstPaint } from "./firstPaint";
import { Layout } from "./Layout";
import { Root } from "./Root";

// What the first screen does not need is loaded when it is first gone to.
const page = <Name extends keyof typeof import("./pages")>(name: Name) =>
  lazyRouteComponent(() => import("./pages"), name);

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Root,
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
  component: page("Welcome"),
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
  component: page("Connect"),
});

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/w/$workspace",
  beforeLoad: ({ context: { desk }, params }) => {
    if (!desk.workspaces.some(({ id }) => id === params.workspace)) throw redirect({ to: "/" });
  },
  component: Layout,
});

const clients = createRoute({
  getParentRoute: () => workspace,
  path: "/clients",
  validateSearch: (search: Record<string, unknown>): { new?: true } =>
    search["new"] === true ? { new: true } : {},
  // Drawn once, with its rows: a frame without them would cost as much again.
  // Coming back to a place in it, the rows are mostly there.
  loader: ({ context: { queryClient }, params: { workspace: id } }) => {
    // It decides on the columns; not waited for, as the rows are there sooner in a long list.
    void queryClient.prefetchQuery(clientFiltersQuery(id));
    return recallPlace(id)
      ? undefined
      : queryClient.prefetchQuery(clientsQuery(id, plainList, 0, PAGE));
  },
  component: Clients,
});

const client = createRoute({
  getParentRoute: () => workspace,
  path: "/clients/$client",
  validateSearch: (
    search: Record<string, unknown>,
  ): { day?: string | undefined; link?: true | undefined } => {
    const day = text(search["day"]);
    // Said to be nothing: what is left out stays as the address has it.
    return {
      day: day !== undefined && isDay(day) ? day : undefined,
      link: search["link"] === true ? true : undefined,
    };
  },
  component: page("Client"),
});

const duplicates = createRoute({
  getParentRoute: () => workspace,
  path: "/clients/duplicates",
  component: page("Duplicates"),
});

const links = createRoute({
  getParentRoute: () => workspace,
  path: "/links",
  component: page("Links"),
});

const portal = createRoute({
  getParentRoute: () => workspace,
  path: "/portal",
  component: page("PortalSettingsPage"),
});

const portalRules = createRoute({
  getParentRoute: () => workspace,
  path: "/portal/rules",
  component: page("PortalRules"),
});

const portalMatrix = createRoute({
  getParentRoute: () => workspace,
  path: "/portal/matrix",
  component: page("PortalMatrixPage"),
});

/** Settings to begin with, and the workspace they are of where it is another one. */
const beginning = (
  search: Record<string, unknown>,
): { from?: string | undefined; of?: string | undefined } => ({
  from: text(search["from"]),
  of: text(search["of"]),
});

const newPortalSettings = createRoute({
  getParentRoute: () => workspace,
  path: "/portal/new",
  validateSearch: beginning,
  component: page("NewPortalSettings"),
});

const portalSettings = createRoute({
  getParentRoute: () => workspace,
  path: "/portal/settings/$configuration",
  validateSearch: beginning,
  component: page("EditPortalSettings"),
});

const sync = createRoute({
  getParentRoute: () => workspace,
  path: "/sync",
  component: page("SyncHealth"),
});

const settings = createRoute({
  getParentRoute: () => workspace,
  path: "/settings",
  component: page("SettingsPage"),
});

const tree = root.addChildren([
  start,
  welcome,
  connect,
  workspace.addChildren([
    clients,
    client,
    duplicates,
    links,
    portal,
    portalRules,
    portalMatrix,
    newPortalSettings,
    portalSettings,
    sync,
    settings,
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  const router = createRouter({
    routeTree: tree,
    context: { queryClient },
    // A hash survives reloads on every scheme that Tauri serves pages from.
    history: createHashHistory(),
    defaultPreload: "intent",
    defaultPendingComponent: () => <Loading label="Opening" />,
    defaultErrorComponent: ({ error }) => (
      <Problem error={error} onRetry={() => void router.invalidate()} />
    ),
    defaultNotFoundComponent: () => (
      <Empty
        title="There is no such page"
        action={<LinkButton to="/">Go to the clients</LinkButton>}
      >
        The address leads nowhere in this version of Portico.
      </Empty>
    ),
  });
  router.subscribe("onResolved", ({ toLocation: { pathname } }) => {
    // Only where to open next time: not worth a message when it fails.
    if (pathname.startsWith("/w/")) commands.setLastPlace(pathname).catch(() => undefined);
  });
  router.subscribe("onRendered", ({ toLocation: { pathname } }) => {
    // The list of clients waits for its first rows and tells it itself; "/" only leads on.
    if (pathname !== "/" && !pathname.endsWith("/clients")) tellFirstPaint();
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
