// The log of links: what became of each, and those that nobody acted on as a list to work through.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { log } from "../../../test/links";
import { openApp } from "../../../test/render";
import { asked, rust } from "../../../test/rust";

const PLACE = "/w/ws_one/links";

test("each link says who made it, for whom, by what way, and what came of it", async () => {
  rust();
  openApp(PLACE);
  const used = await screen.findByRole("row", { name: "Replace the card, Lumen Studio, Used" });
  expect(used).toHaveTextContent("Ada Moser");
  expect(used).toHaveTextContent("As a message");
  expect(used).toHaveTextContent("mara@client0.example");
  expect(used).toHaveTextContent("Card replaced: Visa •••• 1881");
  const expired = screen.getByRole("row", { name: "First checkout, Northwind Yoga, Expired" });
  expect(expired).toHaveTextContent("Nothing yet");
  expect(expired).toHaveTextContent("until Nov 13, 2026");
  expect(screen.getByRole("row", { name: /^Portal, / })).toHaveTextContent("by another program");
});

test("a failed attempt says why in place of an outcome", async () => {
  const [row] = log.rows;
  rust({
    list_links: () => ({
      total: 1,
      rows: [{ ...row, outcome: null, message: "Northwind Yoga has no email in Stripe." }],
    }),
  });
  openApp(PLACE);
  expect(await screen.findByText("Northwind Yoga has no email in Stripe.")).toBeVisible();
});

test("a row leads to its client by key", async () => {
  const calls = rust();
  const { user } = openApp(PLACE);
  await waitFor(() => expect(screen.getByRole("grid", { name: "Links" })).toHaveFocus());
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "Lumen Studio" })).toBeVisible();
  expect(asked(calls, "get_client")[0]?.args).toEqual({ workspace: "ws_one", client: "cl_0" });
});

test("links not acted on are asked for by days, and renewed from the row", async () => {
  const calls = rust({
    list_links: ({ query }) =>
      (query as { not_acted_on_days: number | null }).not_acted_on_days === null
        ? log
        : { total: 1, rows: [log.rows[1]] },
  });
  const { user } = openApp(PLACE);
  await screen.findByRole("row", { name: /Lumen Studio, Used$/ });
  await user.click(screen.getByRole("radio", { name: "Not acted on" }));
  await waitFor(() => expect(screen.queryByRole("row", { name: /Used$/ })).toBeNull());
  expect(asked(calls, "list_links").at(-1)?.args["query"]).toMatchObject({ not_acted_on_days: 7 });
  const days = screen.getByRole("textbox", { name: "Days without anything done" });
  await user.clear(days);
  await user.type(days, "14");
  await waitFor(() =>
    expect(asked(calls, "list_links").at(-1)?.args["query"]).toMatchObject({
      not_acted_on_days: 14,
    }),
  );
  await user.click(
    await screen.findByRole("button", { name: "Renew First checkout for Northwind Yoga" }),
  );
  expect(await screen.findByRole("dialog")).toBeVisible();
  await waitFor(() =>
    expect(asked(calls, "check_link")[0]?.args).toMatchObject({
      client: "cl_8",
      request: { purpose: "checkout", price: "price_1", renews: "ln_1" },
    }),
  );
});

test("the active link is renewed by key, and one that cannot be stays", async () => {
  const calls = rust();
  const { user } = openApp(PLACE);
  await waitFor(() => expect(screen.getByRole("grid", { name: "Links" })).toHaveFocus());
  await user.keyboard("r");
  expect(screen.queryByRole("dialog")).toBeNull();
  await user.keyboard("jr");
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByRole("button", { name: "Prepare the message" })).toBeVisible();
  expect(asked(calls, "issue_link")).toEqual([]);
});

test("before the first one it says what will be noted here", async () => {
  rust({ list_links: () => ({ total: 0, rows: [] }) });
  openApp(PLACE);
  expect(await screen.findByText("No links yet")).toBeVisible();
});
