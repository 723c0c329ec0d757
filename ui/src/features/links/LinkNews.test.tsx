// What came of a link is told wherever one is, once, and only while it is news.
import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { log } from "../../../test/links";
import { openApp } from "../../../test/render";
import { announce, asked, rust } from "../../../test/rust";

const [used, waiting] = log.rows;

test("a client's act shows as a notification on another page, and is not told again", async () => {
  const acted = { at: new Date().toISOString(), sentence: "The plan was started by the checkout" };
  let outcome: typeof acted | null = null;
  const calls = rust({ list_links: () => ({ total: 2, rows: [used, { ...waiting, outcome }] }) });
  const { user } = openApp("/w/ws_one/sync");
  await screen.findByRole("heading", { level: 1, name: "Sync health" });
  await waitFor(() => expect(asked(calls, "list_links")).toHaveLength(1));
  outcome = acted;
  await announce({ workspace: "ws_one", topics: ["checkout"] });
  expect(await screen.findByText("Northwind Yoga: First checkout")).toBeVisible();
  expect(screen.getByText(acted.sentence)).toBeVisible();
  // What was there before is no news.
  expect(screen.queryByText("Lumen Studio: Replace the card")).toBeNull();
  const [close] = screen
    .getAllByRole("alert")
    .flatMap((alert) => [...alert.querySelectorAll("button")]);
  if (close) await user.click(close);
  await waitFor(() => expect(screen.queryByText(acted.sentence)).toBeNull());
  await announce({ workspace: "ws_one", topics: ["checkout"] });
  await waitFor(() => expect(asked(calls, "list_links")).toHaveLength(3));
  expect(screen.queryByText(acted.sentence)).toBeNull();
});

test("what a filling finds to be long done is not told", async () => {
  let found = false;
  const calls = rust({
    list_links: () => ({ total: 1, rows: [{ ...used, outcome: found ? used?.outcome : null }] }),
  });
  openApp("/w/ws_one/sync");
  await screen.findByRole("heading", { level: 1, name: "Sync health" });
  await waitFor(() => expect(asked(calls, "list_links")).toHaveLength(1));
  found = true;
  await announce({ workspace: "ws_one", topics: ["payment_methods"] });
  await waitFor(() => expect(asked(calls, "list_links")).toHaveLength(2));
  expect(screen.queryByText(/^Card replaced/)).toBeNull();
});
