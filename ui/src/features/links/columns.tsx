// What the log of links says of each: when, who, for whom, what, and what became of it. Never that it was viewed: nobody tells.
import type { ReactNode } from "react";
import type { Column } from "../../components/VirtualTable";
import { WordBadge } from "../../components/WordBadge";
import { dateTime } from "../../format";
import type { LinkRow } from "../../ipc/bindings";
import styles from "./Links.module.css";

/** Two short lines, the second in the background; whole on hover. */
function two(first: ReactNode, second: ReactNode, title?: string) {
  return (
    <span className={styles["two"]} title={title}>
      <span>{first}</span>
      <span className={styles["quiet"]}>{second}</span>
    </span>
  );
}

export const columns: Column<LinkRow>[] = [
  {
    key: "at",
    title: "When, who",
    width: "10.75rem",
    cell: ({ at, actor, elsewhere }) =>
      two(
        <time dateTime={at}>{dateTime(at)}</time>,
        elsewhere ? "by another program" : actor,
        elsewhere ? "Known by Stripe's event alone" : actor,
      ),
  },
  {
    key: "client",
    title: "Client, recipient",
    width: "minmax(9.5rem, 1fr)",
    cell: ({ client_name: name, recipient }) =>
      two(
        <bdi>
          <strong className={styles["name"]}>{name}</strong>
        </bdi>,
        recipient,
        recipient ? `${name}, ${recipient}` : name,
      ),
  },
  {
    key: "what",
    title: "Link",
    width: "minmax(9.5rem, 0.9fr)",
    cell: ({ what, delivery }) => two(what, delivery, `${what}, ${delivery}`),
  },
  {
    key: "state",
    title: "State",
    width: "7rem",
    cell: ({ state }) => <WordBadge word={state} plain />,
  },
  {
    key: "outcome",
    title: "Outcome",
    width: "minmax(13rem, 1.8fr)",
    cell: ({ outcome, message }) => {
      if (outcome) {
        const told = `${dateTime(outcome.at)}: ${outcome.sentence}`;
        return (
          <span className={styles["long"]} title={told}>
            {outcome.sentence}
          </span>
        );
      }
      // What went wrong stands where something could have come of it.
      return (
        <span className={`${styles["long"]} ${styles["quiet"]}`} title={message ?? undefined}>
          {message ?? "Nothing yet"}
        </span>
      );
    },
  },
  {
    key: "lives",
    title: "Lives",
    width: "minmax(9.5rem, 0.9fr)",
    cell: ({ lives, lives_until: until }) => (
      <span className={`${styles["long"]} ${styles["quiet"]}`} title={lives}>
        {until ? <time dateTime={until}>until {dateTime(until)}</time> : lives}
      </span>
    ),
  },
];
