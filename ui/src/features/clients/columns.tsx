// The columns of the client list.
import { Group, Text } from "@mantine/core";
import { Monies } from "../../components/Money";
import type { Column } from "../../components/VirtualTable";
import { WordBadge } from "../../components/WordBadge";
import { ago, dateTime } from "../../format";
import type { ClientRow, ClientSort } from "../../ipc/bindings";

export const byAmount: readonly ClientSort[] = ["monthly", "balance", "credit"];

const metered = "what metered plans bill comes on top";

export function columns(currency: string | null): Column<ClientRow, ClientSort>[] {
  return [
    {
      key: "name",
      title: "Client",
      width: "minmax(9.5rem, 1.5fr)",
      sort: "name",
      cell: (row) => (
        <Group gap={6} wrap="nowrap">
          <Text span inherit fw={500} truncate title={row.name}>
            {row.name}
          </Text>
          {row.archived && (
            <Text span size="xs" c="dimmed">
              archived
            </Text>
          )}
        </Group>
      ),
    },
    {
      key: "email",
      title: "Email",
      width: "minmax(8rem, 1.5fr)",
      cell: ({ emails }) => (
        <Text span inherit c="dimmed" title={emails.join(", ")}>
          {emails[0]}
          {emails.length > 1 && ` +${emails.length - 1}`}
        </Text>
      ),
    },
    {
      key: "plan",
      title: "Plan",
      width: "minmax(7rem, 1.2fr)",
      cell: (row) => <span title={row.plan}>{row.plan}</span>,
    },
    {
      key: "monthly",
      title: "Monthly",
      width: "minmax(8.25rem, 0.8fr)",
      align: "end",
      sort: "monthly",
      cell: (row) => (
        <Monies values={row.monthly} first={currency} note={row.metered ? metered : undefined} />
      ),
    },
    {
      key: "state",
      title: "State",
      width: "9.5rem",
      sort: "state",
      cell: (row) => <WordBadge word={row.word} plain />,
    },
    {
      key: "balance",
      title: "Open",
      label: "Open balance",
      width: "minmax(6rem, 0.7fr)",
      align: "end",
      sort: "balance",
      cell: (row) => <Monies values={row.open_balance} first={currency} />,
    },
    {
      key: "credit",
      title: "Credit",
      width: "minmax(5rem, 0.6fr)",
      align: "end",
      sort: "credit",
      cell: (row) => <Monies values={row.credit} first={currency} />,
    },
    {
      key: "activity",
      title: "Last activity",
      width: "7rem",
      align: "end",
      sort: "last_activity",
      cell: ({ last_activity: at }) =>
        at && (
          <Text span inherit c="dimmed">
            <time dateTime={at} title={dateTime(at)}>
              {ago(at)}
            </time>
          </Text>
        ),
    },
  ];
}
