// A Rust for tests: answers commands from a table, records what was asked, and announces changes.
import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import type { Changed, ErrorCode, IpcError, LinkRequest } from "../src/ipc/bindings";
import * as desk from "./desk";
import * as fixtures from "./fixtures";
import * as links from "./links";
import * as portal from "./portal";
import * as sync from "./sync";
import * as wire from "./wire";

type Arguments = Record<string, unknown>;
export type Answers = Record<string, (args: Arguments) => unknown>;

export interface Call {
  command: string;
  args: Arguments;
}

/** What every screen asks for by itself; a test overrides what its story is about. */
export const usual: Answers = {
  desk: () => desk.desk,
  key_state: () => ({ state: "ready", restricted: true, last4: "4242", store: "keychain" }),
  key_report: () => desk.keyReport,
  key_advice: () => desk.keyAdvice,
  sync_status: () => desk.syncStatus,
  freshness: () => sync.fresh,
  sync_health: () => sync.health,
  live_wire_state: () => wire.off,
  list_clients: (args) =>
    fixtures.listClients(args["query"] as { offset: number; limit: number; search: string }),
  client_filters: () => fixtures.clientFilters,
  get_client: () => fixtures.clientPage,
  list_invoices: () => ({ total: 14, rows: fixtures.clientPage.invoices }),
  client_timeline: () => fixtures.timeline,
  client_at: (args) => fixtures.clientAt(args["date"] as string),
  list_links: () => links.log,
  recommend_link: () => links.recommendation,
  check_link: (args) => links.check(args["request"] as LinkRequest),
  list_portal_configurations: () => portal.configurations,
  portal_choices: () => portal.choices,
  lint_portal_settings: () => [],
  portal_policy: () => portal.policy,
  portal_matrix: () => portal.matrix,
  client_portal: () => portal.clientPortal,
  list_backups: () => desk.backups,
  time_zones: () => ["Europe/Vienna", "America/New_York"],
  portal_configuration: () => desk.portalConfiguration,
  set_last_place: () => null,
  first_paint: () => null,
};

/** Installs the table; the returned list grows with every command that is invoked. */
export function rust(answers: Answers = {}): Call[] {
  const calls: Call[] = [];
  const table = { ...usual, ...answers };
  mockIPC(
    (command, payload) => {
      const args = (payload ?? {}) as Arguments;
      calls.push({ command, args });
      const answer = table[command];
      if (!answer) throw new Error(`the test did not expect ${command}`);
      return answer(args);
    },
    { shouldMockEvents: true },
  );
  return calls;
}

export const asked = (calls: Call[], command: string) =>
  calls.filter((call) => call.command === command);

/** Fails a command as Rust does. */
export function fail(code: ErrorCode, message: string, field: string | null = null): never {
  const error: IpcError = { code, message, field };
  throw error;
}

export const announce = (changed: Changed) => emit("changed", changed);
