// Finding a client among many: by typing, by sorting, by keys; and coming back to where one was.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { client, clientFilters, listClients, TOTAL } from "../../../test/fixtures";
import { openApp } from "../../../test/render";
import { announce, asked, fail, rust } from "../../../test/rust";
import type { ClientQuery } from "../../ipc/bindings";

const PLACE = "/w/ws_one/clients";
const questions = (calls: ReturnType<typeof rust>) =>
  asked(calls, "list_clients").map(({ args }) => args["query"] as ClientQuery);
const grid = () => screen.findByRole("grid", { name: "Clients" });
const row = (name: RegExp) => screen.findByRole("row", { name });

test("the list shows who, what, how much and how it stands", async () => {
  rust();
  openApp(PLACE);
  const lumen = await row(/^Lumen Studio, Active$/);
  expect(lumen).toHaveTextContent("billing0@client0.example");
  expect(lumen).toHaveTextContent("€49.00");
  expect(within(lumen).getByText("Active")).toHaveAttribute("title", "Subscribed and paid up.");
  expect(await grid()).toHaveAttribute("aria-rowcount", String(TOTAL + 1));
  expect(await row(/^Nakamura Woodworks, Trial/)).toHaveTextContent("¥48,000");
  expect(await row(/^Al Rashid Trading, Active/)).toHaveTextContent(/KWD.120\.500/);
});

test("each letter is asked for, and the old rows stay until the answer", async () => {
  let answer: () => void = () => undefined;
  const calls = rust({
    list_clients: ({ query }) => {
      const question = query as ClientQuery;
      const list = listClients(question as { offset: number; limit: number; search: string });
      return question.search === "nor"
        ? new Promise((resolve) => {
            answer = () => resolve(list);
          })
        : list;
    },
  });
  const { user } = openApp(PLACE);
  await grid();
  await user.keyboard("/");
  expect(screen.getByRole("searchbox", { name: "Search clients" })).toHaveFocus();
  await user.keyboard("nor");
  expect(questions(calls).map(({ search }) => search)).toEqual(["", "n", "no", "nor"]);
  expect(screen.getByRole("grid")).toHaveAttribute("aria-busy", "true");
  expect(screen.getAllByRole("row").length).toBeGreaterThan(1);
  answer();
  await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-busy", "false"));
  expect(await row(/^Northwind Yoga, /)).toBeInTheDocument();
  expect(screen.queryByRole("row", { name: /^Lumen/ })).toBeNull();
});

test("Enter before the answer opens the first match once it is there", async () => {
  let answer: () => void = () => undefined;
  const calls = rust({
    get_client: ({ client: id }) => pageOf(String(id)),
    list_clients: ({ query }) => {
      const question = query as ClientQuery;
      const list = listClients(question as { offset: number; limit: number; search: string });
      return question.search === "studio"
        ? new Promise((resolve) => {
            answer = () => resolve(list);
          })
        : list;
    },
  });
  const { user } = openApp(PLACE);
  await grid();
  await user.keyboard("/studio{Enter}");
  await waitFor(() => expect(questions(calls).at(-1)).toMatchObject({ search: "studio" }));
  expect(asked(calls, "get_client")).toEqual([]);
  answer();
  expect(await screen.findByRole("heading", { level: 1, name: /^Lumen Studio/ })).toBeVisible();
});

test("a search that finds nothing offers the way back", async () => {
  rust();
  const { user } = openApp(PLACE);
  await grid();
  await user.keyboard("/zzz");
  expect(await screen.findByText("No clients match")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Clear search and filters" }));
  expect(await row(/^Lumen Studio, /)).toBeInTheDocument();
});

test("amounts sort within one currency, which can be chosen", async () => {
  const calls = rust();
  const { user } = openApp(PLACE);
  await grid();
  await user.click(screen.getByRole("button", { name: "Monthly" }));
  await waitFor(() =>
    expect(questions(calls).at(-1)).toMatchObject({
      sort: "monthly",
      descending: true,
      currency: "eur",
    }),
  );
  await user.click(await screen.findByRole("combobox", { name: "Sort amounts in" }));
  await user.click(await screen.findByRole("option", { name: "in JPY" }));
  await waitFor(() => expect(questions(calls).at(-1)).toMatchObject({ currency: "jpy" }));
  await user.click(screen.getByRole("button", { name: "State" }));
  await waitFor(() =>
    expect(questions(calls).at(-1)).toMatchObject({
      sort: "state",
      descending: false,
      currency: null,
    }),
  );
  expect(screen.getByRole("columnheader", { name: "State" })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
});

test("filters narrow, are counted on their button, and ask Rust", async () => {
  const calls = rust();
  const { user } = openApp(PLACE);
  await grid();
  await user.click(screen.getByRole("button", { name: "Filter" }));
  await user.click(await screen.findByRole("checkbox", { name: "Payment late" }));
  await user.click(screen.getByRole("radio", { name: "Show" }));
  await waitFor(() =>
    expect(questions(calls).at(-1)).toMatchObject({ states: ["payment_late"], archived: "show" }),
  );
  expect(screen.getByRole("button", { name: "Filter · 2" })).toBeVisible();
});

test("without a pointer: walk, open, come back to the same row and search", async () => {
  const calls = rust({ get_client: ({ client: id }) => pageOf(String(id)) });
  const { user } = openApp(PLACE);
  await waitFor(async () => expect(await grid()).toHaveFocus());
  await user.keyboard("/studio");
  await row(/^Lumen Studio 10, /);
  await user.keyboard("{ArrowDown}j{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "Lumen Studio 10" })).toBeVisible();
  expect(asked(calls, "get_client").at(-1)?.args).toMatchObject({ client: "cl_10" });

  await user.click(screen.getByRole("button", { name: "Clients" }));
  expect(await screen.findByRole("searchbox")).toHaveValue("studio");
  expect(await row(/^Lumen Studio 10, /)).toHaveAttribute("aria-selected", "true");
});

test("a row's menu and keys reach the portal and the email", async () => {
  const calls = rust({
    open_portal: () => ({ link: "ln_9", message: "Opened Lumen Studio's portal in the browser." }),
    prepare_portal_link: () => ({
      link: "ln_8",
      url: "https://billing.stripe.com/p/login/x",
      email: "billing0@client0.example",
      message: "The message is prepared.",
      warnings: [],
    }),
  });
  const { user } = openApp(PLACE);
  await waitFor(async () => expect(await grid()).toHaveFocus());
  await user.keyboard("o");
  expect(await screen.findByText("Opened Lumen Studio's portal in the browser.")).toBeVisible();
  await user.keyboard("je");
  await waitFor(() =>
    expect(asked(calls, "prepare_portal_link")[0]?.args).toMatchObject({
      client: "cl_1",
      how: "portal_mail",
    }),
  );
  await user.keyboard("c");
  expect(await navigator.clipboard.readText()).toBe("billing1@client1.example");

  await user.click(screen.getByRole("button", { name: "Actions for Café Zoë" }));
  await user.click(await screen.findByRole("menuitem", { name: "Open portal" }));
  await waitFor(() =>
    expect(asked(calls, "open_portal").at(-1)?.args).toMatchObject({ client: "cl_5" }),
  );
  expect(screen.queryByRole("heading", { name: "Café Zoë" })).toBeNull();
});

test("a new client keeps what was typed when an input is refused", async () => {
  let emails = 0;
  const calls = rust({
    add_client: () => {
      emails += 1;
      return emails === 1 ? fail("invalid", "“mara@” is not an email address.", "email") : "cl_7";
    },
    get_client: ({ client: id }) => pageOf(String(id)),
  });
  const { user } = openApp(PLACE);
  await waitFor(async () => expect(await grid()).toHaveFocus());
  await user.keyboard("n");
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Mara Lind");
  await user.type(screen.getByRole("textbox", { name: "Email" }), "mara@{Enter}");
  const refused = await screen.findByText("“mara@” is not an email address.");
  expect(refused).toBeVisible();
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue("Mara Lind");
  await user.type(screen.getByRole("textbox", { name: "Email" }), "lind.example");
  await user.click(screen.getByRole("button", { name: "Add client" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Sørensen Byg" })).toBeVisible();
  expect(asked(calls, "add_client").at(-1)?.args).toEqual({
    workspace: "ws_one",
    details: { name: "Mara Lind", email: "mara@lind.example", phone: null, company: null },
  });
});

test("page keys are silent while a dialog has the keyboard", async () => {
  const calls = rust();
  const { user } = openApp(PLACE);
  await waitFor(async () => expect(await grid()).toHaveFocus());
  await user.keyboard("?");
  expect(await screen.findByRole("dialog", { name: "Keyboard" })).toBeVisible();
  await user.keyboard("on/");
  expect(asked(calls, "open_portal")).toEqual([]);
  expect(screen.queryByRole("dialog", { name: "New client" })).toBeNull();
});

test("the exported list is the one on screen, and its place is told", async () => {
  const calls = rust({ export_clients: () => "/home/ada/Downloads/clients.csv" });
  const { user } = openApp(PLACE);
  await grid();
  await user.keyboard("/yoga");
  await user.click(screen.getByRole("button", { name: "Export CSV" }));
  expect(await screen.findByText("/home/ada/Downloads/clients.csv")).toBeVisible();
  expect(asked(calls, "export_clients")[0]?.args["query"]).toMatchObject({ search: "yoga" });
});

test("a change in Rust is re-read without anybody asking", async () => {
  let name = "Lumen Studio";
  rust({
    list_clients: () => ({ total: 1, rows: [{ ...client(0), name }], search_building: false }),
  });
  openApp(PLACE);
  await row(/^Lumen Studio, /);
  name = "Lumen Studio GmbH";
  await announce({ workspace: "ws_one", topics: ["clients"] });
  expect(await row(/^Lumen Studio GmbH, /)).toBeInTheDocument();
});

test("a list that cannot be read says why and can be asked again", async () => {
  let broken = true;
  rust({
    list_clients: ({ query }) =>
      broken
        ? fail("other", "The disk is full. Free some space and try again; nothing was lost.")
        : listClients(query as { offset: number; limit: number; search: string }),
  });
  const { user } = openApp(PLACE);
  expect(await screen.findByText(/^The disk is full/)).toBeVisible();
  broken = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await row(/^Lumen Studio, /)).toBeInTheDocument();
});

test("a damaged journal leads to where a backup is restored", async () => {
  rust({ list_clients: () => fail("damaged", "The file journal.db is damaged.") });
  openApp(PLACE);
  expect(await screen.findByText("The file journal.db is damaged.")).toBeVisible();
  const restore = screen.getByRole("link", { name: "Restore a backup in Settings" });
  expect(restore).toHaveAttribute("href", expect.stringMatching(/\/w\/ws_one\/settings$/));
});

test("credit takes a column only where somebody has some, or the list is sorted by it", async () => {
  rust({ client_filters: () => ({ ...clientFilters, credit: false }) });
  openApp(PLACE);
  await row(/^Lumen Studio, Active$/);
  expect(screen.queryByRole("columnheader", { name: "Credit" })).toBeNull();
  expect(screen.getByRole("columnheader", { name: "Open balance" })).toBeVisible();
});

test("what the key may not read stands over the list", async () => {
  const not_read = "The key may not read invoices: plans, amounts and states here are not whole.";
  rust({
    list_clients: () => ({ ...listClients({ offset: 0, limit: 20, search: "" }), not_read }),
  });
  openApp(PLACE);
  const banner = await screen.findByRole("region", { name: "Not everything is read" });
  expect(banner).toHaveTextContent(not_read);
  expect(within(banner).getByRole("link", { name: "Settings" })).toBeVisible();
});

function pageOf(id: string) {
  const index = Number(id.slice(3));
  return {
    row: client(index),
    details: { name: client(index).name, email: null, phone: null, company: null },
    by_hand: false,
    contacts: [],
    customers: [],
    subscriptions: [],
    invoices: [],
    invoices_total: 0,
    payment_methods: [],
    notes: [],
    moved_to: null,
    not_read: [],
    warnings: [],
  };
}
