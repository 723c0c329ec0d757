// A client's page: what is known, acted on by buttons and by single keys.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { clientPage, invoice, timeline } from "../../../test/fixtures";
import { openApp } from "../../../test/render";
import { asked, fail, rust } from "../../../test/rust";

const PAGE = "/w/ws_one/clients/cl_0";
const region = (name: string) => screen.findByRole("region", { name });

test("subscriptions, payment methods and customers say it in words", async () => {
  rust();
  openApp(PAGE);
  const subscription = await screen.findByRole("article", { name: "Subscription Studio monthly" });
  expect(subscription).toHaveTextContent("Studio monthly × 3");
  expect(subscription).toHaveTextContent("€147.00 a month");
  expect(subscription).toHaveTextContent("ends Jan 1, 2027");
  expect(subscription).toHaveTextContent("20 % off for 3 months");
  expect(subscription).toHaveTextContent("with Visa •••• 4242");
  expect(subscription).toHaveTextContent("Render minutesby usage, per month");
  expect(await screen.findByRole("article", { name: "Visa •••• 4242" })).toHaveTextContent(
    "Expires 12/2026 · default for this customer, subscription Studio monthly",
  );
  expect(screen.getByRole("article", { name: "Customer Lumen Studio" })).toHaveTextContent(
    "Credit €25.00",
  );
});

test("one key copies a focused object's id, amount or email, another opens it in Stripe", async () => {
  const calls = rust({ open_in_stripe: () => null });
  const { user } = openApp(PAGE);
  (await screen.findByRole("article", { name: "Subscription Studio monthly" })).focus();
  await user.keyboard("y");
  await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("sub_0"));
  await user.keyboard("a");
  await waitFor(async () => expect(await navigator.clipboard.readText()).toBe("147.00"));
  await user.keyboard("s");
  await waitFor(() =>
    expect(asked(calls, "open_in_stripe")[0]?.args).toEqual({
      workspace: "ws_one",
      client: "cl_0",
      object: "sub_0",
    }),
  );
  screen.getByRole("article", { name: "Mara Lind" }).focus();
  await user.keyboard("c");
  await waitFor(async () =>
    expect(await navigator.clipboard.readText()).toBe("mara@client0.example"),
  );
});

test("invoices open as page or PDF, fetched anew by Rust", async () => {
  const calls = rust({ open_invoice: () => ({ link: "ln_1", message: "Opened." }) });
  const { user } = openApp(PAGE);
  const grid = await screen.findByRole("grid", { name: "Invoices" });
  const first = within(grid).getByRole("row", { name: "Invoice LUM-0142, Open" });
  expect(first).toHaveTextContent("Dec 1, 2026");
  await user.click(within(first).getByRole("button", { name: "Open the PDF of invoice LUM-0142" }));
  await waitFor(() =>
    expect(asked(calls, "open_invoice")[0]?.args).toMatchObject({
      invoice: "in_0",
      what: "invoice_pdf",
    }),
  );
  grid.focus();
  await user.keyboard("j{Enter}");
  await waitFor(() =>
    expect(asked(calls, "open_invoice")[1]?.args).toMatchObject({
      invoice: "in_1",
      what: "invoice_page",
    }),
  );
});

test("a draft offers neither page nor PDF", async () => {
  const draft = { ...invoice(0), number: null, has_page: false };
  rust({
    get_client: () => ({ ...clientPage, invoices: [draft], invoices_total: 1 }),
    list_invoices: () => ({ total: 1, rows: [draft] }),
  });
  openApp(PAGE);
  const row = await screen.findByRole("row", { name: /^Invoice draft/ });
  expect(within(row).queryByRole("button", { name: /PDF/ })).toBeNull();
  expect(within(row).getByRole("button", { name: "Open invoice in_0 in Stripe" })).toBeEnabled();
});

test("a note that is not saved stays where it was typed", async () => {
  let full = true;
  const calls = rust({
    write_note: () => (full ? fail("other", "The disk is full.") : "nt_2"),
  });
  const { user } = openApp(PAGE);
  const field = await screen.findByRole("textbox", { name: "New note" });
  await user.type(field, "Call on Monday");
  await user.click(screen.getByRole("button", { name: "Save note" }));
  expect(await screen.findByText("The note was not saved")).toBeVisible();
  expect(field).toHaveValue("Call on Monday");
  full = false;
  await user.click(screen.getByRole("button", { name: "Save note" }));
  await waitFor(() => expect(field).toHaveValue(""));
  expect(asked(calls, "write_note").at(-1)?.args).toMatchObject({ text: "Call on Monday" });
});

test("contacts are edited with what is known, and removed only after a question", async () => {
  const calls = rust({ edit_contact: () => null, remove_contact: () => null });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Edit Mara Lind" }));
  const dialog = await screen.findByRole("dialog", { name: "Edit Mara Lind" });
  const role = within(dialog).getByRole("textbox", { name: "Role" });
  expect(role).toHaveValue("Bookkeeping");
  await user.clear(role);
  await user.type(role, "Finance{Enter}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(calls, "edit_contact")[0]?.args).toMatchObject({
    contact: "co_1",
    details: { name: "Mara Lind", email: "mara@client0.example", phone: null, role: "Finance" },
  });

  await user.click(screen.getByRole("button", { name: "Remove Jo Winter" }));
  const question = await screen.findByRole("dialog", { name: "Remove Jo Winter?" });
  expect(asked(calls, "remove_contact")).toEqual([]);
  await user.click(within(question).getByRole("button", { name: "Remove" }));
  await waitFor(() =>
    expect(asked(calls, "remove_contact")[0]?.args).toMatchObject({ contact: "co_2" }),
  );
});

test("linking a customer keeps a refused id in its field", async () => {
  rust({
    link_customer: () =>
      fail("invalid", "There is no customer cus_x in this workspace.", "customer"),
  });
  const { user } = openApp(PAGE);
  await user.click(
    within(await region("Customers in Stripe")).getByRole("button", { name: "Link" }),
  );
  const field = await screen.findByRole("textbox", { name: "Customer id" });
  await user.type(field, "cus_x{Enter}");
  expect(await screen.findByText("There is no customer cus_x in this workspace.")).toBeVisible();
  expect(field).toHaveValue("cus_x");
});

test("the timeline goes back as far as one asks", async () => {
  const calls = rust({
    client_timeline: ({ older }) =>
      older === null
        ? { ...timeline, older: "cursor" }
        : {
            entries: [
              {
                id: "e9",
                at: "2024-02-03T10:00:00Z",
                actor: "Stripe",
                text: "Became a customer.",
                tone: "neutral",
                source: "cus_0",
              },
            ],
            older: null,
          },
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Show older" }));
  expect(await screen.findByText("Became a customer.")).toBeVisible();
  expect(screen.getByText("Opened the portal.")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Show older" })).toBeNull();
  expect(asked(calls, "client_timeline").map(({ args }) => args["older"])).toEqual([
    null,
    "cursor",
  ]);
});

test("a client that moved points to where it is now, and warnings stand on top", async () => {
  rust({
    get_client: () => ({
      ...clientPage,
      moved_to: "cl_3",
      warnings: ["Two customers share the email billing0@client0.example."],
    }),
  });
  const { user } = openApp(PAGE);
  expect(await screen.findByText(/^Two customers share the email/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Open that client" }));
  await waitFor(() => expect(window.location.hash).toBe("#/w/ws_one/clients/cl_3"));
});

test("refreshing asks Stripe for this client only, once", async () => {
  const calls = rust({ refresh_client: () => new Promise(() => undefined) });
  const { user } = openApp(PAGE);
  const button = await screen.findByRole("button", { name: "Refresh this client" });
  await user.keyboard("r");
  await waitFor(() => expect(button).toBeDisabled());
  await user.keyboard("r");
  expect(asked(calls, "refresh_client").map(({ args }) => args)).toEqual([
    { workspace: "ws_one", client: "cl_0" },
  ]);
});

test("what the key may not read is not called absent, and leads to Settings", async () => {
  const not_read = ["subscriptions", "invoices", "payment_methods"];
  const nothing = { subscriptions: [], invoices: [], invoices_total: 0, payment_methods: [] };
  rust({
    get_client: () => ({ ...clientPage, ...nothing, not_read }),
    list_invoices: () => ({ total: 0, rows: [] }),
  });
  openApp(PAGE);
  expect(await region("Invoices")).toHaveTextContent("The key may not read invoices.");
  expect(await region("Subscriptions")).toHaveTextContent("The key may not read subscriptions.");
  const methods = await region("Payment methods");
  expect(methods).toHaveTextContent("The key may not read payment methods.");
  expect(within(methods).getByRole("link", { name: "Settings" })).toBeVisible();
  expect(screen.queryByText(/No invoices yet|None stored|Never subscribed/)).toBeNull();
});

test("for a deleted customer no portal is offered", async () => {
  const row = { ...clientPage.row, state: "deleted" as const };
  rust({ get_client: () => ({ ...clientPage, row }) });
  openApp(PAGE);
  expect(await screen.findByRole("button", { name: "Open portal" })).toBeDisabled();
  expect(screen.getByRole("button", { name: "Email portal link" })).toBeDisabled();
});
