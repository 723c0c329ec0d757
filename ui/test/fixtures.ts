// A small agency's clients for tests: what Rust would answer about them.
import type {
  BillingState,
  ClientAt,
  ClientFilters,
  ClientList,
  ClientPage,
  ClientRow,
  Invoice,
  Money,
  Timeline,
  Word,
} from "../src/ipc/bindings";

export const eur = (amount: number): Money => ({ amount, currency: "eur", exponent: 2 });
export const jpy = (amount: number): Money => ({ amount, currency: "jpy", exponent: 0 });
export const kwd = (amount: number): Money => ({ amount, currency: "kwd", exponent: 3 });

export const words: Record<
  "active" | "trial" | "late" | "ending" | "paid" | "open" | "ended",
  Word
> = {
  active: { code: "active", label: "Active", hint: "Subscribed and paid up.", tone: "good" },
  trial: {
    code: "trial",
    label: "Trial",
    hint: "In a trial; nothing has been charged yet.",
    tone: "info",
  },
  late: {
    code: "payment_late",
    label: "Payment late",
    hint: "The last charge failed; Stripe keeps trying.",
    tone: "bad",
  },
  ending: {
    code: "ending",
    label: "Ending",
    hint: "A cancellation is scheduled; it runs until then.",
    tone: "warn",
  },
  paid: { code: "paid", label: "Paid", hint: "Nothing left to pay.", tone: "good" },
  open: {
    code: "open",
    label: "Open",
    hint: "Sent or being collected; not paid yet.",
    tone: "info",
  },
  ended: { code: "ended", label: "Ended", hint: "Cancelled and over.", tone: "neutral" },
};

const company = [
  "Lumen Studio",
  "Årstad Kaffebar",
  "Nakamura Woodworks",
  "Brightwater Dental",
  "Al Rashid Trading",
  "Café Zoë",
  "Kopf & Kragen",
  "Sørensen Byg",
  "Northwind Yoga",
  "Papierwerk",
];
const states: [BillingState, Word][] = [
  ["active", words.active],
  ["active", words.active],
  ["trial", words.trial],
  ["payment_late", words.late],
  ["active", words.active],
  ["ending", words.ending],
  ["ended", words.ended],
];

export function client(index: number): ClientRow {
  const name = `${company[index % company.length]}${index < company.length ? "" : ` ${index}`}`;
  const [state, word] = states[index % states.length] ?? ["active", words.active];
  const monthly =
    index % 10 === 2
      ? [jpy(48_000)]
      : index % 10 === 4
        ? [kwd(120_500)]
        : [eur(4_900 + index * 700)];
  return {
    id: `cl_${index}`,
    name,
    emails:
      index % 9 === 8
        ? []
        : [
            `billing${index}@client${index}.example`,
            ...(index % 4 === 1 ? ["second@client.example"] : []),
          ],
    plan: ["Studio monthly", "Retainer × 3", "2 plans", "Growth yearly", ""][index % 5] ?? "",
    monthly: state === "ended" ? [] : index % 6 === 5 ? [...monthly, jpy(9_000)] : monthly,
    metered: index % 8 === 3,
    state,
    word,
    open_balance: state === "payment_late" ? [eur(12_300 + index)] : [],
    credit: index % 11 === 5 ? [eur(2_500)] : [],
    last_activity: new Date(Date.UTC(2026, 10, 20) - index * 7_200_000).toISOString(),
    archived: false,
    customers: [`cus_${index}`],
    livemode: true,
  };
}

export const TOTAL = 1_250;

/** A list that answers searches by name, as the core does. */
export function listClients(query: { offset: number; limit: number; search: string }): ClientList {
  const all = Array.from({ length: TOTAL }, (_, index) => index).filter((index) =>
    client(index).name.toLowerCase().includes(query.search.toLowerCase()),
  );
  return {
    total: all.length,
    rows: all.slice(query.offset, query.offset + query.limit).map(client),
    search_building: false,
    not_read: null,
  };
}

export const clientFilters: ClientFilters = {
  states: [
    { state: "payment_late", word: words.late, clients: 178 },
    { state: "ending", word: words.ending, clients: 96 },
    { state: "trial", word: words.trial, clients: 179 },
    { state: "active", word: words.active, clients: 536 },
    { state: "ended", word: words.ended, clients: 178 },
  ],
  currencies: ["eur", "jpy", "kwd"],
  credit: true,
};

export function invoice(index: number): Invoice {
  const open = index === 0;
  return {
    id: `in_${index}`,
    customer: "cus_0",
    number: `LUM-${String(142 - index).padStart(4, "0")}`,
    word: open ? words.open : words.paid,
    total: eur(14_700),
    remaining: open ? eur(14_700) : eur(0),
    created: new Date(Date.UTC(2026, 10 - index, 1, 9)).toISOString(),
    due: open ? "2026-12-01" : null,
    paid_at: open ? null : new Date(Date.UTC(2026, 10 - index, 3, 9)).toISOString(),
    has_page: true,
    subscription: "sub_0",
  };
}

export const clientPage: ClientPage = {
  row: client(0),
  details: {
    name: "Lumen Studio",
    email: "billing0@client0.example",
    phone: "+43 1 234567",
    company: "Lumen Studio GmbH",
  },
  by_hand: false,
  contacts: [
    {
      id: "co_1",
      name: "Mara Lind",
      email: "mara@client0.example",
      phone: null,
      role: "Bookkeeping",
    },
    {
      id: "co_2",
      name: "Jo Winter",
      email: null,
      phone: "+43 660 1234",
      role: "Managing director",
    },
  ],
  customers: [
    {
      id: "cus_0",
      name: "Lumen Studio",
      company: null,
      email: "billing0@client0.example",
      phone: "+43 1 234567",
      address: ["Mariahilfer Straße 1", "1060 Wien", "Austria"],
      credit: eur(2_500),
      owed: null,
      deleted: false,
      created: "2024-02-03T10:00:00Z",
      linked: false,
    },
  ],
  subscriptions: [
    {
      id: "sub_0",
      customer: "cus_0",
      word: words.ending,
      pause: null,
      resumes_at: null,
      items: [
        {
          id: "si_1",
          price: "price_1",
          name: "Studio monthly",
          price_words: "49.00 EUR per month",
          quantity: 3,
          amount: eur(14_700),
          renews_at: "2026-12-01T09:00:00Z",
        },
        {
          id: "si_2",
          price: "price_2",
          name: "Render minutes",
          price_words: "by usage, per month",
          quantity: null,
          amount: null,
          renews_at: "2026-12-01T09:00:00Z",
        },
      ],
      next_renewal: "2026-12-01T09:00:00Z",
      ends_at: "2027-01-01T09:00:00Z",
      ended_at: null,
      trial_ends_at: null,
      started_at: "2024-02-03T10:00:00Z",
      discounts: ["20 % off for 3 months"],
      collection: "Charged automatically",
      monthly: eur(14_700),
      default_payment_method: "pm_1",
    },
  ],
  invoices: Array.from({ length: 14 }, (_, index) => invoice(index)),
  invoices_total: 14,
  payment_methods: [
    {
      id: "pm_1",
      customer: "cus_0",
      label: "Visa •••• 4242",
      expires: "12/2026",
      expiry: {
        code: "expiring",
        label: "Expires soon",
        hint: "Ask for a new card before then.",
        tone: "warn",
      },
      default_for: ["this customer", "subscription Studio monthly"],
    },
    {
      id: "pm_2",
      customer: "cus_0",
      label: "SEPA debit •••• 3000",
      expires: null,
      expiry: null,
      default_for: [],
    },
  ],
  notes: [
    {
      id: "nt_1",
      text: "Prefers invoices in German. Call before the retainer renews.",
      at: "2026-11-02T08:30:00Z",
      edited_at: null,
      author: "Ada Moser",
    },
  ],
  moved_to: null,
  not_read: [],
  warnings: [],
};

/** The client on a day: before October it was called otherwise, on another plan. */
export function clientAt(date: string): ClientAt {
  const before = date < "2026-10-01";
  const known = before
    ? { since: "2024-02-03T10:00:00Z", until: "2026-10-01T08:00:00Z" }
    : { since: "2026-10-01T08:00:00Z", until: null };
  return {
    client: "cl_0",
    date,
    customers: [
      {
        id: "cus_0",
        name: before ? "Lumen Atelier" : "Lumen Studio",
        company: null,
        email: "billing0@client0.example",
        phone: null,
        address: ["Mariahilfer Straße 1", "1060 Wien", "Austria"],
        tax_ids: [],
        ...known,
      },
    ],
    subscriptions: [
      {
        id: "sub_0",
        word: words.active,
        items: [
          {
            plan: "Studio monthly",
            price_words: "49.00 EUR per month",
            quantity: before ? 1 : 3,
            amount: eur(before ? 4_900 : 14_700),
          },
          {
            plan: "Render minutes",
            price_words: "by usage, per month",
            quantity: null,
            amount: null,
          },
        ],
        ...known,
      },
    ],
    payment_methods: [
      {
        id: "pm_1",
        label: "Visa ending 4242",
        expires: "12/2026",
        default: true,
        since: null,
        until: null,
      },
    ],
    note: null,
  };
}

export const timeline: Timeline = {
  entries: [
    {
      id: "e1",
      at: "2026-11-20T15:12:00Z",
      actor: "Ada Moser",
      text: "Opened the portal.",
      tone: "neutral",
      source: "journal",
    },
    {
      id: "e2",
      at: "2026-11-12T09:00:00Z",
      actor: "Stripe",
      text: "Subscription Studio monthly will end on 1 January 2027.",
      tone: "warn",
      source: "sub_0",
    },
    {
      id: "e3",
      at: "2026-11-03T09:00:00Z",
      actor: "Stripe",
      text: "Invoice LUM-0141 was paid.",
      tone: "good",
      source: "in_1",
    },
  ],
  older: null,
};
