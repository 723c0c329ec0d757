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
  expect(table.getByRole("row", { name: /^Name/ })).toHaveTextContent(
    "different todayLumen Ateliersince Feb 3, 2024Lumen Studiosince Oct 1, 2026",
  );
  expect(table.getByRole("row", { name: /^Plan/ })).toHaveTextContent(
    "different todayStudio monthly, €49.00 a monthsince Feb 3, 2024Studio monthly × 3, €147.00 a month",
  );
  expect(table.getByRole("row", { name: /^Payment methods/ })).not.toHaveTextContent("different");
  expect(table.getByRole("row", { name: /^Tax ids/ })).toHaveTextContent("nonenone");
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
      cards: [],
      notes: ["Changes were kept from Oct 1, 2026 on; what came before is what was found then."],
    }),
  });
  openApp(`${PAGE}?day=%222026-03-03%22`);
  expect(await screen.findByText(/^Changes were kept from Oct 1, 2026 on/)).toBeVisible();
  expect(within(await compared()).getByRole("row", { name: /^Payment methods/ })).toHaveTextContent(
    "none storednone stored",
  );
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
