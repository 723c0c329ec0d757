// The command palette: pages, actions, and clients found as one types.
import { Group, Kbd, Text } from "@mantine/core";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { clientsQuery, plainList } from "../features/clients/queries";
import { usePortalActions } from "../features/portal/usePortalActions";
import { useCheckNow } from "../features/sync/mutations";
import { dayBefore, today } from "../format";
import { deskQuery } from "../ipc/desk";
import { places } from "./places";
import { showShortcuts } from "./shortcuts";

const [store, palette] = createSpotlight();

export const openPalette = palette.open;

interface Entry {
  id: string;
  label: string;
  hint?: string;
  keys?: string;
  run: () => void;
}

const CLIENTS_SHOWN = 8;

export function Palette({ workspace }: { workspace: string }) {
  const [typed, setTyped] = useState("");
  const search = typed.trim();
  const navigate = useNavigate();
  const portal = usePortalActions(workspace);
  const check = useCheckNow(workspace);
  const desk = useQuery(deskQuery).data;
  const { client } = useParams({ strict: false });
  const zone = desk?.workspaces.find(({ id }) => id === workspace)?.time_zone ?? "UTC";
  const found = useQuery({
    ...clientsQuery(workspace, { ...plainList, search, archived: "show" }, 0, CLIENTS_SHOWN),
    enabled: search !== "",
    placeholderData: keepPreviousData,
  });

  const entries: Entry[] = [
    ...places.map(({ to, label, keys }) => ({
      id: to,
      label,
      keys,
      run: () => void navigate({ to, params: { workspace } }),
    })),
    {
      id: "new",
      label: "New client",
      hint: "Action",
      keys: "N",
      run: () =>
        void navigate({
          to: "/w/$workspace/clients",
          params: { workspace },
          search: { new: true },
        }),
    },
    ...(client === undefined
      ? []
      : [
          {
            id: "next",
            label: "Next link for this client",
            hint: "Action",
            keys: "L",
            run: () => sendNext(client),
          },
          {
            id: "then",
            label: "See this client as it was 30 days ago",
            hint: "Action",
            run: () => seeThen(client),
          },
        ]),
    {
      id: "duplicates",
      label: "Duplicate clients",
      run: () => void navigate({ to: "/w/$workspace/clients/duplicates", params: { workspace } }),
    },
    { id: "check", label: "Ask Stripe for news now", hint: "Action", run: () => check.run() },
    { id: "keys", label: "Show the keys", hint: "Action", keys: "?", run: showShortcuts },
    {
      id: "workspace",
      label: "Add a workspace",
      hint: "Action",
      run: () => void navigate({ to: "/welcome" }),
    },
    ...(desk?.workspaces ?? [])
      .filter(({ id }) => id !== workspace)
      .map(({ id, name }) => ({
        id,
        label: `Switch to ${name}`,
        hint: "Workspace",
        run: () => void navigate({ to: "/w/$workspace/clients", params: { workspace: id } }),
      })),
  ].filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));

  const rows = search === "" ? [] : (found.data?.rows ?? []);
  const first = rows[0];
  const clients: Entry[] = [
    ...rows.slice(0, 1).map((row) => open(row.id, row.name, row.emails[0])),
    ...(first
      ? [
          {
            id: "portal",
            label: `Open portal for ${first.name}`,
            hint: "Action",
            run: () => portal.openPortal(first.id),
          },
          {
            id: "mail",
            label: `Email portal link to ${first.name}`,
            hint: "Action",
            run: () => portal.mailLink(first.id),
          },
          {
            id: "next",
            label: `Next link for ${first.name}`,
            hint: "Action",
            run: () => sendNext(first.id),
          },
          {
            id: "then",
            label: `${first.name} as it was 30 days ago`,
            hint: "Action",
            run: () => seeThen(first.id),
          },
        ]
      : []),
    ...rows.slice(1).map((row) => open(row.id, row.name, row.emails[0])),
  ];

  function sendNext(client: string) {
    void navigate({
      to: "/w/$workspace/clients/$client",
      params: { workspace, client },
      search: { link: true },
    });
  }

  function seeThen(client: string) {
    void navigate({
      to: "/w/$workspace/clients/$client",
      params: { workspace, client },
      search: { day: dayBefore(today(zone), 30) },
    });
  }

  function open(id: string, name: string, email: string | undefined): Entry {
    return {
      id,
      label: name,
      hint: email ?? "Client",
      run: () =>
        void navigate({ to: "/w/$workspace/clients/$client", params: { workspace, client: id } }),
    };
  }

  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      query={typed}
      onQueryChange={setTyped}
      scrollable
      maxHeight="60vh"
      // Blurring a whole page takes noticeable time where nothing but the processor draws.
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      onSpotlightClose={() => setTyped("")}
    >
      <Spotlight.Search placeholder="Find a client, a page or an action" aria-label="Find" />
      <Spotlight.ActionsList>
        <Entries label="Clients" entries={clients} />
        <Entries label="Portico" entries={entries} />
        {clients.length === 0 && entries.length === 0 && !found.isFetching && (
          <Spotlight.Empty>Nothing is called "{search}"</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function Entries({ label, entries }: { label: string; entries: Entry[] }): ReactNode {
  if (entries.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label}>
      {entries.map((entry) => (
        <Spotlight.Action key={entry.id} onClick={entry.run}>
          <Group justify="space-between" wrap="nowrap" w="100%">
            <Text size="sm" truncate>
              {entry.label}
            </Text>
            {entry.keys ? (
              <Kbd size="xs">{entry.keys}</Kbd>
            ) : (
              <Text size="xs" opacity={0.75} truncate>
                {entry.hint}
              </Text>
            )}
          </Group>
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  );
}
