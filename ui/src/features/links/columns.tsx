// What the log of links says of each: when, who, for whom, what, and what became of it. Never that it was viewed: nobody tells.
import type { Column } from "../../components/VirtualTable";
import { WordBadge } from "../../components/WordBadge";
import { dateTime } from "../../format";
import type { LinkRow } from "../../ipc/bindings";
import styles from "./Links.module.css";

export const columns: Column<LinkRow>[] = [
  {
    key: "at",
    title: "When",
    width: "10.75rem",
    cell: ({ at }) => <time dateTime={at}>{dateTime(at)}</time>,
  },
  {
    key: "actor",
    title: "Who",
    width: "minmax(5.25rem, 0.6fr)",
    cell: ({ actor, elsewhere }) =>
      elsewhere ? (
        <span className={styles["quiet"]} title="Known by Stripe's event alone">
          by another program
        </span>
      ) : (
        actor
      ),
  },
  {
    key: "client",
    title: "Client",
    width: "minmax(7rem, 1fr)",
    cell: ({ client_name: name }) => (
      <strong className={styles["name"]} title={name}>
        {name}
      </strong>
    ),
  },
  {
    key: "what",
    title: "Link",
    width: "minmax(8.5rem, 1.3fr)",
    cell: ({ what, delivery }) => (
      <span title={`${what} · ${delivery}`}>
        {what}
        <span className={styles["quiet"]}> · {delivery}</span>
      </span>
    ),
  },
  {
    key: "recipient",
    title: "Recipient",
    width: "minmax(6.5rem, 0.9fr)",
    cell: ({ recipient }) => <span title={recipient ?? undefined}>{recipient}</span>,
  },
  {
    key: "state",
    title: "State",
    width: "6.5rem",
    cell: ({ state }) => <WordBadge word={state} plain />,
  },
  {
    key: "outcome",
    title: "Outcome",
    width: "minmax(8.5rem, 1.5fr)",
    cell: ({ outcome, message }) => {
      if (outcome) {
        return (
          <span title={`${dateTime(outcome.at)}: ${outcome.sentence}`}>{outcome.sentence}</span>
        );
      }
      // What went wrong stands where something could have come of it.
      return (
        <span className={styles["quiet"]} title={message ?? undefined}>
          {message ?? "Nothing yet"}
        </span>
      );
    },
  },
  {
    key: "lives",
    title: "Lives",
    width: "minmax(6.5rem, 0.9fr)",
    cell: ({ lives, lives_until: until }) => (
      <span className={styles["quiet"]} title={lives}>
        {until ? <time dateTime={until}>until {dateTime(until)}</time> : lives}
      </span>
    ),
  },
];
