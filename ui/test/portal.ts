// Portal settings, rules and what clients may do by them, as the core would tell them.
import type {
  ClientPortal,
  PortalChoices,
  PortalConfigurationRow,
  PortalImpact,
  PortalMatrix,
  PortalPolicy,
  PortalSettings,
} from "../src/ipc/bindings";

export const settings: PortalSettings = {
  name: "Portico default",
  headline: "Your account with Lumen",
  privacy_policy_url: "https://lumen.example/privacy",
  terms_of_service_url: "https://lumen.example/terms",
  default_return_url: "https://lumen.example",
  login_page: true,
  invoice_history: true,
  customer_update: { enabled: true, allowed: ["email", "address"] },
  payment_method_update: { enabled: true, configuration: null },
  cancel: {
    enabled: true,
    immediately: false,
    proration: "none",
    ask_reason: true,
    reasons: ["too_expensive", "other"],
  },
  pause: { enabled: false, indefinite: false, durations: [] },
  update: {
    enabled: false,
    allowed: [],
    products: [],
    proration: "none",
    billing_cycle_anchor: "unchanged",
    at_period_end: [],
    trial: "end_trial",
  },
  metadata: {},
};

const own: PortalConfigurationRow = {
  id: "bpc_1",
  label: "Portico default",
  settings,
  active: true,
  is_default: false,
  portico: true,
  login_page_url: "https://billing.stripe.com/p/login/abc",
  created: "2026-03-03T09:00:00Z",
  updated: "2026-11-01T09:00:00Z",
  allows: ["See and download invoices.", "Cancel at the end of the period."],
  clients: 1_100,
  rules: [],
  findings: [],
};

export const configurations: PortalConfigurationRow[] = [
  own,
  {
    ...own,
    id: "bpc_2",
    label: "Enterprise",
    settings: { ...settings, name: "Enterprise", cancel: { enabled: false } },
    portico: false,
    allows: ["See and download invoices."],
    clients: 14,
    rules: ["Enterprise clients"],
    findings: [
      {
        severity: "surprising",
        field: "login_page",
        sentence: "Three mailed links lead to its login page.",
      },
    ],
  },
  {
    ...own,
    id: "bpc_3",
    label: "Unnamed settings of 3 March 2026",
    settings: { ...settings, name: "" },
    active: false,
    portico: false,
    is_default: true,
    clients: 0,
  },
];

export const choices: PortalChoices = {
  products: [
    {
      id: "prod_1",
      name: "Studio",
      active: true,
      prices: [
        {
          id: "price_1",
          words: "40.00 EUR per month",
          currency: "eur",
          active: true,
          switchable: true,
          because: null,
        },
        {
          id: "price_2",
          words: "by usage, per month",
          currency: "eur",
          active: true,
          switchable: false,
          because: "It is billed by usage.",
        },
      ],
    },
    {
      id: "prod_2",
      name: "Retainer",
      active: true,
      prices: [
        {
          id: "price_3",
          words: "400.00 EUR per year",
          currency: "eur",
          active: true,
          switchable: true,
          because: null,
        },
      ],
    },
  ],
  coupons: [{ id: "stay", words: "Stay with us: 20 % off for 3 months" }],
};

export const policy: PortalPolicy = {
  segments: [
    { id: "sg_1", name: "B2B", description: "Companies", clients: 900 },
    { id: "sg_2", name: "Enterprise", description: null, clients: 14 },
  ],
  rules: [
    {
      id: "pr_1",
      name: "Enterprise clients",
      when: { segments: ["sg_2"] },
      configuration: "bpc_2",
    },
    {
      id: "pr_2",
      name: "Annual clients in their first six months",
      when: { interval: "year", younger_than_months: 6, products: ["prod_2"] },
      configuration: "bpc_2",
    },
  ],
  otherwise: null,
  reviewed_at: "2026-05-01T09:00:00Z",
  reviewed_by: "Ada Moser",
  review_due: "2026-08-01",
  review_overdue: true,
};

export const impact: PortalImpact = {
  clients: 2,
  cancelling: 1,
  summary: "2 clients change; 1 of them has already scheduled a cancellation.",
  rows: [
    {
      client: "cl_0",
      name: "Lumen Studio",
      from: "Portico default",
      to: "Enterprise",
      gains: [],
      loses: ["Cancel at the end of the period."],
      cancelling: true,
    },
    {
      client: "cl_8",
      name: "Northwind Yoga",
      from: "Enterprise",
      to: "Portico default",
      gains: ["Cancel at the end of the period."],
      loses: [],
      cancelling: false,
    },
  ],
};

export const matrix: PortalMatrix = {
  features: ["Invoices", "Cancel"],
  rows: [
    {
      segment: "sg_2",
      segment_name: "Enterprise",
      configuration: "bpc_2",
      configuration_name: "Enterprise",
      because: "Enterprise clients",
      clients: 14,
      cells: ["Yes", "No"],
    },
    {
      segment: null,
      segment_name: "No segment",
      configuration: "bpc_1",
      configuration_name: "Portico default",
      because: "No rule holds",
      clients: 200,
      cells: ["Yes", "At period end, with a reason"],
    },
  ],
};

export const clientPortal: ClientPortal = {
  segment: "sg_1",
  by_hand: null,
  chosen: { id: "bpc_1", name: "Portico default", because: "no rule holds" },
  allows: ["See and download invoices.", "Cancel at the end of the period."],
};
