// A client on a past day beside today: chosen by keyboard, from the palette or by an address.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { clientAt } from "../../../test/fixtures";
import { openApp } from "../../../test/render";
import { asked, fail, rust } from "../../../test/rust";
import { dayBefore, today } from "../../format";

const PAGE = "/w/ws_one/clients/cl_0";
const ZONE = "Europe/Vienna";
const compared = () => screen.findByRole("table", { name: "Then and today" });

test("one key leads to the day, which is looked up once it is whole", async () => {
  const calls = rust();
  const { user } = openApp(PAGE);
  await screen.findByRole("textbox", { name: "As it was on" });
  expect(asked(calls, "client_at")).toEqual([]);
  await user.keyboard("d");
  await waitFor(() => expect(screen.getByRole("textbox", { name: "As it was on" })).toHaveFocus());
  await user.keyboard("2026-03-03");
  const table = within(await compared());
  expect(table.getByRole("columnheader", { name: "Mar 3, 2026" })).toBeVisible();
  expect(table.getByRole("row", { name: /^Customer/ })).toHaveTextContent(
    "different todayLumen Atelierfrom Feb 3, 2024 until Oct 1, 2026Lumen Studiounchanged since Oct 1, 2026",
  );
  expect(table.getByRole("row", { name: /^Plan/ })).toHaveTextContent(
    "different todayStudio monthly (49.00 EUR per month) and Render minutes (by usage, per month): Active",
  );
  expect(table.getByRole("row", { name: /^Plan/ })).toHaveTextContent(
    "Studio monthly × 3 (49.00 EUR per month, €147.00 in all)",
  );
  const methods = table.getByRole("row", { name: /^Payment methods/ });
  expect(methods).toHaveTextContent(
    "Visa ending 4242, expires 12/2026, the defaultunchanged since it was first read",
  );
  expect(methods).not.toHaveTextContent("different");
  expect(table.getByRole("row", { name: /^Tax IDs/ })).toHaveTextContent("nonenone");
  expect(asked(calls, "client_at").map(({ args }) => args["date"])).toEqual([
    "2026-03-03",
    today(ZONE),
  ]);
  expect(window.location.hash).toContain("day=");
});

test("the day is in the address, and can be left again", async () => {
  rust();
  const { user } = openApp(`${PAGE}?day=%222026-03-03%22`);
  await compared();
  expect(screen.getByRole("textbox", { name: "As it was on" })).toHaveValue("2026-03-03");
  await user.click(screen.getByRole("button", { name: "Back to today only" }));
  await waitFor(() => expect(screen.queryByRole("table", { name: "Then and today" })).toBeNull());
  expect(window.location.hash).toBe(`#${PAGE}`);
});

test("an address with a day that does not exist shows today only", async () => {
  const calls = rust();
  openApp(`${PAGE}?day=%222026-02-30%22`);
  expect(await screen.findByRole("textbox", { name: "As it was on" })).toHaveValue("");
  expect(asked(calls, "client_at")).toEqual([]);
});

test("what is not known of a day is said", async () => {
  rust({
    client_at: ({ date }) => ({
      ...clientAt(date as string),
      payment_methods: [],
      note: "Portico has been reading this Stripe account since 1 October 2026.",
    }),
  });
  openApp(`${PAGE}?day=%222026-03-03%22`);
  expect(
    await screen.findByText(/^Portico has been reading this Stripe account since/),
  ).toBeVisible();
  expect(within(await compared()).getByRole("row", { name: /^Payment methods/ })).toHaveTextContent(
    "none storednone stored",
  );
});

test("a day before the client was there says that nothing is known", async () => {
  rust({
    client_at: ({ date }) => ({
      ...clientAt(date as string),
      ...(date === "2020-03-03" && { customers: [], subscriptions: [], payment_methods: [] }),
    }),
  });
  openApp(`${PAGE}?day=%222020-03-03%22`);
  expect(await screen.findByText("Nothing is known of this client on Mar 3, 2020.")).toBeVisible();
});

test("a history that cannot be read says why, and the rest of the page stays", async () => {
  rust({ client_at: () => fail("other", "The journal could not be read.") });
  openApp(`${PAGE}?day=%222026-03-03%22`);
  expect(await screen.findByText("The journal could not be read.")).toBeVisible();
  expect(screen.getByRole("region", { name: "Subscriptions" })).toBeVisible();
});

test("the palette shows a client as it was, from anywhere", async () => {
  rust();
  const { user } = openApp("/w/ws_one/links");
  await screen.findByRole("grid", { name: "Links" });
  await user.keyboard("{Control>}k{/Control}");
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Find" })).toHaveFocus());
  await user.keyboard("lumen");
  await user.click(await screen.findByText("Lumen Studio as it was 30 days ago"));
  await compared();
  expect(screen.getByRole("textbox", { name: "As it was on" })).toHaveValue(
    dayBefore(today(ZONE), 30),
  );
});
