// A local copy of Stripe that has seen some trouble, for tests of the sync health page.
import type { Comparison, Freshness, Parked, SyncHealth } from "../src/ipc/bindings";

export const fresh: Freshness = {
  level: "fresh",
  words: "Up to date, checked just now",
  checked_at: "2026-11-21T08:59:40Z",
};

export const parked: Parked = {
  id: "pk_1",
  object: "sub_9",
  label: "Subscription",
  client: { id: "cl_9", name: "Lumen Studio" },
  event: "customer.subscription.updated",
  error: "Stripe answered with an error of its own (request req_7).",
  attempts: 3,
  since: "2026-11-21T07:00:00Z",
  next_try_at: "2026-11-21T09:08:00Z",
};

export const comparison: Comparison = {
  kind: "full",
  started_at: "2026-11-20T02:00:00Z",
  ended_at: "2026-11-20T02:04:00Z",
  requests: 231,
  added: 0,
  changed: 2,
  gone: 1,
  words: "2 invoices had changed unnoticed and 1 customer was gone.",
};

export const health: SyncHealth = {
  freshness: fresh,
  polling: {
    every_seconds: 60,
    why: "every minute while Portico is in use",
    next_at: "2026-11-21T09:00:40Z",
    lag_seconds: 12,
    elsewhere: false,
  },
  resources: [
    {
      name: "customers",
      label: "Customers",
      state: "done",
      rows: 1_250,
      listed_at: "2026-11-20T02:01:00Z",
      changed_at: "2026-11-21T08:40:00Z",
      message: null,
    },
    {
      name: "disputes",
      label: "Disputes",
      state: "not_permitted",
      rows: 0,
      listed_at: null,
      changed_at: null,
      message: "The key may not read disputes. Give it “Disputes: read” in Stripe.",
    },
  ],
  allowance: {
    used: 4_120,
    projected: 12_400,
    allowed: 10_000,
    transactions: 14,
    words: "At this pace 30 days come to 12,400 of 10,000 reads, so Portico asks more rarely.",
    days: [
      { day: "2026-11-19", reads: 310 },
      { day: "2026-11-20", reads: 1_240 },
    ],
  },
  problems: [
    {
      at: "2026-11-21T06:10:00Z",
      words: "Stripe could not be reached.",
      times: 4,
    },
  ],
  parked: [],
  unknown_events: [
    { event: "issuing_card.created", count: 3, last_at: "2026-11-19T10:00:00Z" },
    { event: "topup.created", count: 1, last_at: "2026-11-18T10:00:00Z" },
  ],
  gaps: [
    {
      from: "2026-09-01T08:00:00Z",
      to: "2026-10-13T08:00:00Z",
      words: "Portico was away for six weeks; Stripe keeps 30 days of events.",
      closed_at: "2026-10-13T08:09:00Z",
    },
  ],
  comparisons: [comparison],
};
