// The columns of the client list. Plain elements: a screenful of components would cost every scroll.
import { Monies } from "../../components/Money";
import type { Column } from "../../components/VirtualTable";
import { WordBadge } from "../../components/WordBadge";
import { ago, dateTime } from "../../format";
import type { ClientRow, ClientSort } from "../../ipc/bindings";
import styles from "./ClientsPage.module.css";

export const byAmount: readonly ClientSort[] = ["monthly", "balance", "credit"];

const metered = "what metered plans bill comes on top";

const credit = (currency: string | null): Column<ClientRow, ClientSort> => ({
  key: "credit",
  title: "Credit",
  width: "minmax(7.75rem, 0.3fr)",
  align: "end",
  sort: "credit",
  cell: (row) => <Monies values={row.credit} first={currency} />,
});

/** `withCredit`: few agencies have clients with a credit, and without it there is room for the rest. */
export function columns(
  currency: string | null,
  withCredit: boolean,
): Column<ClientRow, ClientSort>[] {
  return [
    {
      key: "name",
      title: "Client",
      width: "minmax(14rem, 2fr)",
      sort: "name",
      // Two lines: beside each other neither had the room to be read in a small window.
      cell: ({ name, archived, emails }) => (
        <>
          <span className={styles["line"]} title={name}>
            <bdi className={styles["name"]}>{name}</bdi>
            {archived && <span className={styles["quiet"]}> archived</span>}
          </span>
          {emails.length > 0 && (
            <span className={styles["email"]} title={emails.join(", ")}>
              {emails[0]}
              {emails.length > 1 && ` +${emails.length - 1}`}
            </span>
          )}
        </>
      ),
    },
    {
      key: "plan",
      title: "Plan",
      width: "minmax(9rem, 1.5fr)",
      cell: (row) => <span title={row.plan}>{row.plan}</span>,
    },
    {
      key: "monthly",
      title: "Monthly",
      width: "minmax(7.75rem, 0.5fr)",
      align: "end",
      sort: "monthly",
      cell: (row) => (
        <Monies values={row.monthly} first={currency} note={row.metered ? metered : undefined} />
      ),
    },
    {
      key: "state",
      title: "State",
      width: "9rem",
      sort: "state",
      cell: (row) => <WordBadge word={row.word} plain />,
    },
    {
      key: "balance",
      title: "Open",
      label: "Open balance",
      width: "minmax(7.75rem, 0.4fr)",
      align: "end",
      sort: "balance",
      cell: (row) => <Monies values={row.open_balance} first={currency} />,
    },
    ...(withCredit ? [credit(currency)] : []),
    {
      key: "activity",
      title: "Last activity",
      width: "6.75rem",
      align: "end",
      sort: "last_activity",
      cell: ({ last_activity: at }) =>
        at && (
          <time className={styles["quiet"]} dateTime={at} title={dateTime(at)}>
            {ago(at)}
          </time>
        ),
    },
  ];
}
