// The one place that turns "this changed" from Rust into re-reading: topics to the queries that show them.
import type { Query, QueryClient } from "@tanstack/react-query";
import { type Changed, events, type Topic } from "./bindings";

/** What a query shows; the second part of its key, after the workspace it belongs to. */
export type Subject =
  | "desk"
  | "key"
  | "sync"
  | "wire"
  | "clients"
  | "client"
  | "timeline"
  | "links"
  | "portal"
  | "backups";

/** The first part of the keys of what belongs to the computer. */
export const DESK = "desk";

// The next link, on the client's page, depends on what the key may do and on payments that failed;
// which portal a client gets on its subscriptions; what came of a link on all that it can change.
const shownBy: Record<Topic, readonly Subject[]> = {
  workspaces: ["desk"],
  settings: ["desk"],
  key: ["key", "client"],
  sync: ["sync"],
  live_wire: ["wire"],
  clients: ["clients", "client", "links", "portal"],
  customers: ["clients", "client", "links"],
  subscriptions: ["clients", "client", "links", "portal"],
  invoices: ["clients", "client", "links"],
  payments: ["timeline", "client"],
  checkout: ["timeline", "client", "links"],
  payouts: [],
  payment_methods: ["client", "links"],
  products: ["clients", "client", "portal"],
  portal_configurations: ["portal", "client", "links"],
  portal_rules: ["portal", "client"],
  links: ["links"],
  timeline: ["timeline"],
  backups: ["backups"],
};

const EVERYWHERE = "*";

// A filling announces each batch it writes; screens re-read at most this often.
const PAUSE_MS = 250;

/** Follows Rust's announcements until the returned function is called. */
export function followChanges(client: QueryClient): () => void {
  const due = new Map<string, Set<Subject>>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const reread = ({ queryKey }: Query) => client.invalidateQueries({ queryKey, exact: true });
  const ignore = () => undefined;

  function flush() {
    timer = undefined;
    if (due.size === 0) return;
    const changes = [...due];
    due.clear();
    const predicate = ({ queryKey: [owner, subject] }: Query) =>
      changes.some(
        ([workspace, subjects]) =>
          (workspace === EVERYWHERE || owner === workspace || owner === DESK) &&
          subjects.has(subject as Subject),
      );
    for (const query of client.getQueryCache().findAll({ predicate, fetchStatus: "fetching" })) {
      // A first read is not started over by an invalidation, and may just have missed the change.
      if (query.state.data === undefined) void query.promise?.then(() => reread(query), ignore);
    }
    void client.invalidateQueries({ predicate });
    timer = setTimeout(flush, PAUSE_MS);
  }

  function changed({ workspace, topics }: Changed) {
    const owner = workspace ?? EVERYWHERE;
    const subjects = due.get(owner) ?? new Set();
    for (const topic of topics) for (const subject of shownBy[topic]) subjects.add(subject);
    due.set(owner, subjects);
    if (timer === undefined) flush();
  }

  const listening = events.changed.listen(({ payload }) => changed(payload));
  return () => {
    clearTimeout(timer);
    void listening.then((stop) => stop());
  };
}
