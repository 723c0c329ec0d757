// Customers that look like the same client, as the core would find them.
import type { DuplicateCustomer, DuplicateGroup } from "../src/ipc/bindings";

const customer: DuplicateCustomer = {
  customer: "cus_0",
  client: "cl_0",
  client_name: "Lumen Studio",
  name: "Lumen Studio",
  email: "anna@lumen.example",
  created: "2024-02-03T10:00:00Z",
  live_subscriptions: 2,
  invoices: 14,
  last_activity: "2026-11-20T10:00:00Z",
  login_page_opens: false,
  preferred: false,
};

export const group: DuplicateGroup = {
  key: "email:anna@lumen.example",
  why: "The same email, anna@lumen.example",
  kind: "email",
  customers: [
    customer,
    {
      ...customer,
      customer: "cus_90",
      client: "cl_90",
      client_name: "Anna (Lumen)",
      name: "Anna",
      live_subscriptions: 0,
      invoices: 1,
      last_activity: null,
      login_page_opens: true,
    },
  ],
  suggested: "cl_0",
  suggestion: "Lumen Studio has the running subscriptions.",
};
