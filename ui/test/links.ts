// What the core would say of links: which to send, what it finds in a check, and the log.
import type {
  LinkList,
  LinkRequest,
  LinkRow,
  Preflight,
  Recommendation,
  SuggestedLink,
} from "../src/ipc/bindings";

export const request: LinkRequest = {
  purpose: "update_payment_method",
  delivery: "mail",
  customer: null,
  subscription: null,
  invoice: null,
  price: null,
  quantity: null,
  coupon: null,
  recipient: null,
  configuration: null,
  renews: null,
  warnings_seen: false,
};

const lasting = {
  words: "Opens at once for 5 minutes; after that the client proves the email first",
  deliveries: ["open", "mail", "copy"],
  not_mailed_because: null,
} satisfies SuggestedLink["lifetime"];

export const home: SuggestedLink = {
  request: { ...request, purpose: "portal_home", delivery: "open" },
  title: "Open the portal",
  reason: "Everything in one place, here and now.",
  lifetime: {
    words: "5 minutes when unused, then 1 hour after the last click",
    deliveries: ["open"],
    not_mailed_because: "It would be dead when the client opens it.",
  },
};

export const cancel: SuggestedLink = {
  request: { ...request, purpose: "cancel" },
  title: "Let them cancel",
  reason: "Leads straight to cancelling Studio monthly.",
  lifetime: lasting,
};

export const recommendation: Recommendation = {
  rule: "card_expiring",
  link: {
    request,
    title: "Replace the card",
    reason: "Leads straight to replacing the card.",
    lifetime: lasting,
  },
  reason: "Visa •••• 4242 expires in December, before the next renewal.",
  alternatives: [home, cancel],
  warnings: [],
};

/** What the core finds: all is well, and everything left out is filled in. */
export function check(asked: LinkRequest): Preflight {
  return {
    client_name: "Lumen Studio",
    request: {
      ...asked,
      customer: asked.customer ?? "cus_0",
      recipient: asked.recipient ?? "billing0@client0.example",
    },
    title: "Replace the card",
    lifetime: lasting,
    customer: "Lumen Studio (cus_0)",
    recipient: asked.recipient ?? "billing0@client0.example",
    recipients: [
      { email: "billing0@client0.example", who: "Lumen Studio" },
      { email: "mara@client0.example", who: "Mara Lind (Bookkeeping)" },
    ],
    configuration: { id: "bpc_1", name: "Portico default", because: "no rule holds" },
    checks: [
      { outcome: "fine", sentence: "The key is for the same mode as this workspace." },
      { outcome: "fine", sentence: "Portico default is switched on." },
    ],
    may_leave: true,
  };
}

const opened: LinkRow = {
  id: "ln_2",
  at: "2026-11-20T15:12:00Z",
  actor: "Ada Moser",
  client: "cl_0",
  client_name: "Lumen Studio",
  customer: "cus_0",
  link_kind: "update_payment_method",
  what: "Replace the card",
  configuration: "bpc_1",
  invoice: null,
  result: { code: "opened", label: "Sent", hint: "The message was prepared.", tone: "good" },
  message: null,
  lives: "5 minutes when unused, 1 hour after last use",
  purpose: "update_payment_method",
  delivery: "As a message",
  recipient: "mara@client0.example",
  subscription: null,
  lives_until: null,
  state: { code: "used", label: "Used", hint: "Something came of it.", tone: "good" },
  outcome: { at: "2026-11-20T15:20:00Z", sentence: "Card replaced: Visa •••• 1881" },
  renewal: null,
  elsewhere: false,
};

export const log: LinkList = {
  total: 3,
  rows: [
    opened,
    {
      ...opened,
      id: "ln_1",
      at: "2026-11-12T15:10:00Z",
      client: "cl_8",
      client_name: "Northwind Yoga",
      customer: "cus_8",
      link_kind: "checkout",
      purpose: "checkout",
      what: "First checkout",
      recipient: "hello@yoga.example",
      lives_until: "2026-11-13T15:10:00Z",
      state: { code: "expired", label: "Expired", hint: "It leads nowhere now.", tone: "neutral" },
      outcome: null,
      renewal: { ...request, purpose: "checkout", price: "price_1", renews: "ln_1" },
    },
    {
      ...opened,
      id: "ln_0",
      at: "2026-11-10T08:00:00Z",
      actor: "",
      what: "Portal",
      delivery: "Unknown",
      recipient: null,
      state: { code: "unknown", label: "Unknown", hint: "Made elsewhere.", tone: "neutral" },
      outcome: null,
      elsewhere: true,
    },
  ],
};
