// Every attempt to open or hand out a link: for whom, what, by whom, and how it went.
import { Text } from "@mantine/core";
import { Page } from "../../components/Page";
import { Empty, Loading, Problem } from "../../components/States";
import { usePagedRows } from "../../components/usePagedRows";
import { type Column, VirtualTable } from "../../components/VirtualTable";
import { WordBadge } from "../../components/WordBadge";
import { count, dateTime } from "../../format";
import type { LinkRow } from "../../ipc/bindings";
import styles from "./LinksPage.module.css";
import { linksQuery } from "./queries";

const columns: Column<LinkRow>[] = [
  {
    key: "at",
    title: "When",
    width: "10.5rem",
    cell: ({ at }) => <time dateTime={at}>{dateTime(at)}</time>,
  },
  {
    key: "client",
    title: "Client",
    width: "minmax(9rem, 1fr)",
    cell: ({ client_name: name }) => <strong className={styles["name"]}>{name}</strong>,
  },
  {
    key: "what",
    title: "Link",
    width: "minmax(9rem, 1fr)",
    cell: ({ what, lives }) => <span title={`Lives ${lives}`}>{what}</span>,
  },
  {
    key: "result",
    title: "Result",
    width: "8rem",
    cell: ({ result }) => <WordBadge word={result} plain />,
  },
  { key: "actor", title: "Who", width: "minmax(6rem, 0.6fr)", cell: ({ actor }) => actor },
  {
    key: "message",
    title: "Message",
    width: "minmax(10rem, 1.6fr)",
    cell: ({ message }) => (
      <span className={styles["quiet"]} title={message ?? undefined}>
        {message}
      </span>
    ),
  },
];

interface Props {
  workspace: string;
  onOpen: (client: string) => void;
}

export function LinksPage({ workspace, onOpen }: Props) {
  const rows = usePagedRows("all", (offset, limit) => linksQuery(workspace, offset, limit));
  const { shown } = rows;
  return (
    <Page
      title="Links"
      fill
      beside={
        shown && (
          <Text c="dimmed" size="sm">
            {count(shown.total)}
          </Text>
        )
      }
    >
      {!shown && rows.error && <Problem error={rows.error} onRetry={rows.retry} />}
      {!shown && !rows.error && <Loading label="Reading the links" lines={12} />}
      {shown?.total === 0 && (
        <Empty title="No links yet">
          Each time somebody opens a client's portal or invoice, or prepares a link to send, it is
          noted here with its result. The addresses themselves are not kept.
        </Empty>
      )}
      {shown && shown.total > 0 && (
        <VirtualTable
          label="Links"
          columns={columns}
          count={shown.total}
          row={shown.row}
          rowId={(row) => row.id}
          rowLabel={(row) => `${row.what}, ${row.client_name}, ${row.result.label}`}
          onOpen={(row) => onOpen(row.client)}
          onRange={rows.onRange}
          minWidth="60rem"
          main
        />
      )}
    </Page>
  );
}
