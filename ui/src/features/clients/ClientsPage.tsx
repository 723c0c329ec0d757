// The list of a workspace's clients: found by typing, sorted, filtered, walked by keys, acted on.
import { Alert, Button, Group, Kbd, Text, TextInput } from "@mantine/core";
import {
  IconAlertTriangle,
  IconDownload,
  IconPlus,
  IconSearch,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { copyText } from "../../components/copy";
import { LinkButton } from "../../components/links";
import { Page } from "../../components/Page";
import { Empty, Loading, Problem, ZeroResults } from "../../components/States";
import { usePagedRows } from "../../components/usePagedRows";
import { usePageKeys } from "../../components/usePageKeys";
import { VirtualTable } from "../../components/VirtualTable";
import { count } from "../../format";
import type { ClientRow, ClientSort } from "../../ipc/bindings";
import type { PortalActions } from "./actions";
import { ClientFilters } from "./ClientFilters";
import { ClientForm } from "./ClientForm";
import styles from "./ClientsPage.module.css";
import { columns } from "./columns";
import { useAddClient, useArchive, useExport } from "./mutations";
import { recallPlace, rememberPlace } from "./place";
import { clientFiltersQuery, clientsQuery, plainList } from "./queries";
import { RowMenu } from "./RowMenu";
import { useSortCurrency } from "./useSortCurrency";

interface Props {
  workspace: string;
  portal: PortalActions;
  /** Opens the dialog for a new client at once. */
  adding: boolean;
  onAdding: (adding: boolean) => void;
  onOpen: (client: string) => void;
  onDuplicates: () => void;
  onPainted: () => void;
}

const ROW_HEIGHT = 44;

export function ClientsPage(props: Props) {
  const { workspace, portal, adding, onAdding, onOpen, onDuplicates, onPainted } = props;
  const [remembered] = useState(() => recallPlace(workspace));
  const [question, setQuestion] = useState(remembered?.question ?? plainList);
  const asked = useSortCurrency(workspace, question);
  const list = JSON.stringify(asked);
  const rows = usePagedRows(
    list,
    (offset, limit) => clientsQuery(workspace, asked, offset, limit),
    Math.floor((remembered?.offset ?? 0) / ROW_HEIGHT),
  );
  const search = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLDivElement>(null);
  const archive = useArchive(workspace);
  const exporting = useExport(workspace);
  const add = useAddClient(workspace, (id) => {
    onAdding(false);
    onOpen(id);
  });

  const { shown } = rows;
  useEffect(() => {
    // A first filling that has brought nothing yet leaves no list to call painted.
    if (shown && (shown.total > 0 || !shown.page.search_building)) onPainted();
  }, [shown, onPainted]);

  const ask = (change: Partial<typeof question>) => {
    const next = { ...question, ...change };
    setQuestion(next);
    rememberPlace(workspace, { question: next, offset: 0, active: 0 });
  };
  const sortBy = (sort: ClientSort) =>
    ask(
      sort === question.sort
        ? { descending: !question.descending }
        : // Amounts and days are looked at from the largest and the latest.
          { sort, descending: sort !== "name" && sort !== "state" },
    );
  const grid = () => page.current?.querySelector<HTMLElement>('[role="grid"]');

  // Enter may come before the answer to the last letter: what it finds is opened once it is there.
  const [openingFor, setOpeningFor] = useState<string | null>(null);
  const first = rows.stale ? undefined : shown?.row(0);
  useEffect(() => {
    if (openingFor === null || rows.stale) return;
    setOpeningFor(null);
    if (first && openingFor === question.search) onOpen(first.id);
  }, [openingFor, rows.stale, first, question.search, onOpen]);

  usePageKeys({
    "/": () => search.current?.focus(),
    // Where the slash is typed with shift.
    "shift+/": () => search.current?.focus(),
    n: () => onAdding(true),
    j: () => grid()?.focus(),
    k: () => grid()?.focus(),
  });

  function onSearchKey(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === "ArrowDown") grid()?.focus();
    else if (event.key === "Enter") setOpeningFor(question.search);
    else if (event.key === "Escape" && question.search) ask({ search: "" });
    else if (event.key === "Escape") grid()?.focus();
    else return;
    event.preventDefault();
  }

  const { openPortal, mailLink } = portal;
  const someCredit = useQuery(clientFiltersQuery(workspace)).data?.credit ?? false;
  const credit = someCredit || question.sort === "credit";
  const shownColumns = useMemo(
    () => [
      ...columns(asked.currency, credit),
      {
        key: "menu",
        title: "",
        label: "Actions",
        width: "2.5rem",
        align: "end" as const,
        cell: (row: ClientRow) => (
          <RowMenu
            row={row}
            portal={portal}
            onOpen={() => onOpen(row.id)}
            onArchive={() => archive.run(row)}
          />
        ),
      },
    ],
    [asked.currency, credit, portal, onOpen, archive.run],
  );

  return (
    <Page
      title="Clients"
      fill
      beside={
        shown && (
          <Text c="dimmed" size="sm" aria-live="polite">
            {count(shown.total)}
            {shown.page.search_building && " so far; the search is still being prepared"}
          </Text>
        )
      }
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconUsersGroup size={14} />}
            onClick={onDuplicates}
          >
            Duplicates
          </Button>
          <Button
            variant="default"
            leftSection={<IconDownload size={14} />}
            loading={exporting.isPending}
            onClick={() => exporting.run({ ...asked, offset: 0, limit: 0 })}
          >
            Export CSV
          </Button>
          <Button leftSection={<IconPlus size={14} />} onClick={() => onAdding(true)}>
            New client
          </Button>
        </>
      }
    >
      <Group px="1.25rem" pb="sm" gap="xs">
        <TextInput
          ref={search}
          type="search"
          className={styles["search"]}
          size="xs"
          aria-label="Search clients"
          placeholder="Name, email, company, phone, invoice number or id"
          leftSection={<IconSearch size={14} />}
          rightSection={question.search ? null : <Kbd size="xs">/</Kbd>}
          value={question.search}
          onChange={(event) => ask({ search: event.currentTarget.value })}
          onKeyDown={onSearchKey}
          spellCheck={false}
          autoComplete="off"
        />
        <ClientFilters workspace={workspace} question={asked} onChange={ask} />
      </Group>
      {shown?.page.not_read && (
        <Alert
          color="yellow"
          radius={0}
          icon={<IconAlertTriangle size={18} />}
          role="region"
          aria-label="Not everything is read"
        >
          <Group justify="space-between" gap="md">
            <Text size="sm" flex="1 1 22rem">
              {shown.page.not_read}
            </Text>
            <LinkButton variant="default" to="/w/$workspace/settings" params={{ workspace }}>
              Settings
            </LinkButton>
          </Group>
        </Alert>
      )}
      <div ref={page} style={{ display: "contents" }}>
        {!shown && rows.error && (
          <Problem error={rows.error} onRetry={rows.retry} workspace={workspace} />
        )}
        {!shown && !rows.error && <Loading label="Reading the clients" lines={12} />}
        {shown && shown.total > 0 && (
          <VirtualTable<ClientRow, ClientSort>
            label="Clients"
            list={shown.question}
            columns={shownColumns}
            count={shown.total}
            row={shown.row}
            rowId={(row) => row.id}
            rowLabel={(row) => `${row.name}, ${row.word.label}`}
            rowHeight={ROW_HEIGHT}
            minWidth="66rem"
            stale={rows.stale}
            sort={{ by: question.sort, descending: question.descending }}
            onSort={sortBy}
            onOpen={(row) => onOpen(row.id)}
            keys={{
              o: (row) => openPortal(row.id),
              e: (row) => mailLink(row.id),
              y: (row) => void copyText(row.customers[0] ?? row.id, "Id"),
              c: (row) => row.emails[0] && void copyText(row.emails[0], "Email"),
            }}
            onRange={rows.onRange}
            {...(remembered ? { initial: remembered } : {})}
            onPlace={(place) => rememberPlace(workspace, { question, ...place })}
            main
          />
        )}
        {shown?.total === 0 &&
          (asked.search || asked.states.length > 0 || asked.archived !== "hide" ? (
            <ZeroResults what="clients" onReset={() => ask(plainList)} />
          ) : (
            <Empty
              title="No clients yet"
              action={
                <Button variant="default" onClick={() => onAdding(true)}>
                  New client
                </Button>
              }
            >
              Every customer in Stripe appears here by itself as it is read. Clients without one can
              be added by hand.
            </Empty>
          ))}
      </div>
      {adding && (
        <ClientForm
          title="New client"
          submit="Add client"
          running={add.isPending}
          error={add.error}
          onSubmit={add.run}
          onClose={() => onAdding(false)}
        />
      )}
    </Page>
  );
}
