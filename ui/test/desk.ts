// A computer with one workspace for tests: its key, its sync, its backups.
import type {
  Backup,
  Desk,
  KeyAdvice,
  KeyCheck,
  KeyReport,
  PermissionRow,
  PortalConfiguration,
  SyncStatus,
  WorkspaceSummary,
} from "../src/ipc/bindings";

export const workspace: WorkspaceSummary = {
  id: "ws_one",
  name: "Lumen Agency",
  account: "acct_1LumenAgency",
  livemode: true,
  demo: false,
  time_zone: "Europe/Vienna",
  api_base: null,
  folder: "/home/ada/.local/share/portico/workspaces/ws_one",
};

export const desk: Desk = {
  version: "0.1.0",
  platform: "linux",
  data_folder: "/home/ada/.local/share/portico",
  settings: { theme: "system", last_place: null },
  staff: { id: "st_ada", name: "Ada Moser", email: "ada@lumen.example" },
  workspaces: [workspace],
  open_first: workspace.id,
  notices: [],
};

export const permissions: PermissionRow[] = [
  {
    slug: "rak_customer_read",
    label: "Customers: read",
    needed_for: "The client list; without it nothing can be shown.",
    required: true,
    result: "granted",
  },
  {
    slug: "rak_invoice_read",
    label: "Invoices: read",
    needed_for: "Invoices, open balances and their pages and PDFs.",
    required: true,
    result: "granted",
  },
  {
    slug: "rak_customer_portal_write",
    label: "Customer portal: write",
    needed_for: "Opening the portal for a client and preparing portal links.",
    required: false,
    result: "missing",
  },
  {
    slug: "rak_event_read",
    label: "Events: read",
    needed_for: "Following changes after the first reading.",
    required: false,
    result: "not_checked",
  },
];

export const keyAdvice: KeyAdvice = {
  permissions: permissions.map((permission) => ({ ...permission, result: "not_checked" })),
  create_live_url: "https://dashboard.stripe.com/apikeys/create",
  create_test_url: "https://dashboard.stripe.com/test/apikeys/create",
};

export const keyReport: KeyReport = {
  restricted: true,
  last4: "4242",
  livemode: true,
  account_id: workspace.account,
  account_name: workspace.name,
  country: "AT",
  default_currency: "eur",
  time_zone: "Europe/Vienna",
  permissions,
};

export const keyCheck: KeyCheck = {
  check: "ck_1",
  restricted: true,
  last4: "4242",
  livemode: true,
  account: "acct_1LumenAgency",
  account_name: "Lumen Agency",
  country: "AT",
  permissions,
  existing: null,
  kept: null,
  stores: [
    { store: "keychain", usable: true, message: "The system protects it with your login." },
    { store: "file", usable: true, message: "For computers without a keychain." },
  ],
};

export const syncStatus: SyncStatus = {
  phase: "complete",
  resources: [
    { name: "customers", label: "Customers", state: "done", rows: 1_250, message: null },
    { name: "subscriptions", label: "Subscriptions", state: "done", rows: 1_480, message: null },
    { name: "invoices", label: "Invoices", state: "done", rows: 18_422, message: null },
  ],
  completed_at: "2026-11-21T08:40:00Z",
  requests: 231,
  problem: null,
};

export const backups: Backup[] = [
  { name: "journal-2026-11-21.db", at: "2026-11-21T06:00:00Z", bytes: 1_204_224, entries: 1_841 },
  { name: "journal-2026-11-20.db", at: "2026-11-20T06:00:00Z", bytes: 1_198_080, entries: 1_822 },
];

export const portalConfiguration: PortalConfiguration = {
  id: null,
  allows: [
    "See and download invoices.",
    "Replace their payment method.",
    "Cancel at the end of the period.",
  ],
  login_page: null,
};
