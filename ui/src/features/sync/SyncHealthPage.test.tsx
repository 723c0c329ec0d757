// The sync health page: what is said in words, and what a person can do about each of it.
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { syncStatus } from "../../../test/desk";
import { show } from "../../../test/render";
import { announce, asked, fail, rust } from "../../../test/rust";
import { health, parked } from "../../../test/sync";
import { followChanges } from "../../ipc/cache";
import { SyncHealthPage } from "./SyncHealthPage";

const region = (name: string) => screen.findByRole("region", { name });
const opened: string[] = [];
beforeEach(() => {
  opened.length = 0;
});
const page = (
  <SyncHealthPage
    workspace="ws_one"
    onOpenClient={(client) => opened.push(client)}
    onSettings={() => opened.push("settings")}
  />
);

test("polling, allowance, resources, gaps and problems are said in words", async () => {
  rust();
  const { user } = show(page);
  const now = await region("Now");
  await waitFor(() => expect(now).toHaveTextContent("Up to date, checked just now"));
  await waitFor(() =>
    expect(now).toHaveTextContent(
      /Stripe is asked for news every minute while Portico is in use\. Next: Nov 21, 2026, 10:00 AM\. The last news was here 12 seconds after it happened\./,
    ),
  );
  const allowance = await region("Read allowance");
  expect(allowance).toHaveTextContent("10,000 reads in 30 days, from 14 paid invoices");
  expect(allowance).toHaveTextContent(/At this pace 30 days come to 12,400 of 10,000 reads/);
  expect(within(allowance).getByRole("progressbar", { name: "Used" })).toHaveAttribute(
    "aria-valuenow",
    "41.2",
  );
  await user.click(within(allowance).getByText("Show the numbers"));
  expect(within(allowance).getByRole("row", { name: "Nov 20, 2026 1,240" })).toBeVisible();

  const table = within(await screen.findByRole("table", { name: "What is mirrored" }));
  expect(table.getByRole("row", { name: /^Customers Done 1,250/ })).toBeVisible();
  expect(table.getByRole("row", { name: /^Disputes/ })).toHaveTextContent(
    "Give it “Disputes: read” in Stripe.Not permitted0not yetnot yet",
  );
  expect(await region("Gaps")).toHaveTextContent("Portico was away for six weeks");
  expect(await region("Gaps")).toHaveTextContent("closed by a comparison on Oct 13, 2026");
  expect(await region("Last problems")).toHaveTextContent("Stripe could not be reached.");
  expect(await region("Last problems")).toHaveTextContent("4 times");
  const unknown = within(await region("Events without use here"));
  expect(unknown.getByText("issuing_card.created")).not.toBeVisible();
  await user.click(unknown.getByText("2 types, counted only"));
  expect(unknown.getByText("issuing_card.created")).toBeVisible();
});

test("what was true before an outage is not said as if it still were", async () => {
  const freshness = { ...health.freshness, level: "stopped" as const };
  const polling = { ...health.polling, next_at: null };
  rust({
    sync_health: () => ({ ...health, freshness, polling }),
    check_now: () => fail("other", "Stripe says: temporarily unavailable."),
  });
  const { user } = show(page);
  const now = await region("Now");
  await waitFor(() =>
    expect(now).toHaveTextContent("Stripe is asked for news again as soon as it can be."),
  );
  expect(now).not.toHaveTextContent("every minute");
  expect(now).not.toHaveTextContent("The last news was here");
  await user.click(screen.getByRole("button", { name: "Check now" }));
  expect(await screen.findByText("Stripe gave no news")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "What the key may do" }));
  expect(opened).toContain("settings");
});

test("a quiet copy says that nothing is wrong, and hides what does not apply", async () => {
  rust({
    sync_health: () => ({
      ...health,
      polling: { ...health.polling, elsewhere: true, lag_seconds: null },
      problems: [],
      unknown_events: [],
      gaps: [],
      comparisons: [],
    }),
  });
  show(page);
  expect(await screen.findByText("Nothing has gone wrong.")).toBeVisible();
  expect(screen.getByText("None: every event was seen.")).toBeVisible();
  expect(screen.getByText(/^Another Portico on this computer asks Stripe for news/)).toBeVisible();
  expect(screen.queryByRole("region", { name: "Waiting to be fetched" })).toBeNull();
  expect(screen.queryByRole("region", { name: "Events without use here" })).toBeNull();
});

test("while Stripe cannot be asked, nobody is told that nothing is wrong", async () => {
  const words = "Stripe cannot be asked: it refused the key.";
  const freshness = { level: "stopped" as const, words, checked_at: null };
  rust({ sync_health: () => ({ ...health, freshness, problems: [] }) });
  show(page);
  expect(await region("Last problems")).toHaveTextContent(words);
  expect(screen.queryByText("Nothing has gone wrong.")).toBeNull();
});

test("Check now asks at once, and what it brings is shown", async () => {
  let checked = false;
  const calls = rust({
    sync_health: () => (checked ? { ...health, problems: [] } : health),
    check_now: async () => {
      checked = true;
      await announce({ workspace: "ws_one", topics: ["sync"] });
      return null;
    },
  });
  const { user, client } = show(page);
  const stop = followChanges(client);
  expect(await screen.findByText("Stripe could not be reached.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Check now" }));
  expect(await screen.findByText("Nothing has gone wrong.")).toBeVisible();
  expect(asked(calls, "check_now").map(({ args }) => args)).toEqual([{ workspace: "ws_one" }]);
  stop();
});

test("a parked object says why it waits; it is tried again at once, and ignored after a question", async () => {
  const other = {
    ...parked,
    id: "pk_2",
    object: "in_7",
    label: "Invoice",
    client: null,
    attempts: 1,
  };
  const calls = rust({
    sync_health: () => ({ ...health, parked: [parked, other] }),
    retry_parked: () => null,
    ignore_parked: () => null,
  });
  const { user } = show(page);
  const waiting = within(await region("Waiting to be fetched"));
  const subscription = waiting.getByRole("article", { name: "Subscription sub_9" });
  expect(subscription).toHaveTextContent(
    "Stripe answered with an error of its own (request req_7).",
  );
  expect(subscription).toHaveTextContent("tried 3 times since Nov 21, 2026, 8:00 AM");
  expect(subscription).toHaveTextContent("next try Nov 21, 2026, 10:08 AM");
  expect(waiting.getByRole("article", { name: "Invoice in_7" })).toHaveTextContent("tried once");
  await user.click(within(subscription).getByRole("button", { name: "Lumen Studio" }));
  expect(opened).toEqual(["cl_9"]);
  await user.click(waiting.getByRole("button", { name: "Try Subscription sub_9 again" }));
  await waitFor(() =>
    expect(asked(calls, "retry_parked").map(({ args }) => args)).toEqual([
      { workspace: "ws_one", id: "pk_1" },
    ]),
  );
  await user.click(waiting.getByRole("button", { name: "Ignore Invoice in_7" }));
  const question = await screen.findByRole("dialog", { name: "Ignore Invoice in_7?" });
  expect(question).toHaveTextContent("what you see of it may be old");
  expect(asked(calls, "ignore_parked")).toEqual([]);
  await user.click(within(question).getByRole("button", { name: "Ignore" }));
  await waitFor(() =>
    expect(asked(calls, "ignore_parked").map(({ args }) => args)).toEqual([
      { workspace: "ws_one", id: "pk_2" },
    ]),
  );
});

test("a comparison states its cost first, and can be stopped while it runs", async () => {
  let phase = "complete";
  const calls = rust({
    sync_status: () => ({ ...syncStatus, phase }),
    sync_cost: () => ({ requests: 231, words: "This takes about 231 requests." }),
    compare_now: async () => {
      phase = "running";
      await announce({ workspace: "ws_one", topics: ["sync"] });
      return null;
    },
    cancel_sync: () => null,
  });
  const { user, client } = show(page);
  const stop = followChanges(client);
  const comparisons = within(await region("Comparisons with Stripe"));
  expect(comparisons.getByRole("row", { name: /2 invoices had changed unnoticed/ })).toBeVisible();
  await user.click(
    await comparisons.findByRole("button", { name: "Compare everything with Stripe" }),
  );
  const dialog = await screen.findByRole("dialog", { name: "Compare everything with Stripe" });
  expect(await within(dialog).findByText("This takes about 231 requests.")).toBeVisible();
  expect(asked(calls, "compare_now")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Compare everything" }));
  await user.click(await comparisons.findByRole("button", { name: "Stop" }));
  await waitFor(() => expect(asked(calls, "cancel_sync")).toHaveLength(1));
  expect(asked(calls, "compare_now")).toHaveLength(1);
  stop();
});

test("rebuilding says what stays and what it costs before it begins", async () => {
  const calls = rust({
    sync_cost: () => ({ requests: 231, words: "This takes about 231 requests." }),
    rebuild_mirror: () => null,
  });
  const { user } = show(page);
  await user.click(await screen.findByRole("button", { name: "Rebuild the mirror…" }));
  const question = await screen.findByRole("dialog", { name: "Rebuild the mirror?" });
  expect(await within(question).findByText("This takes about 231 requests.")).toBeVisible();
  expect(question).toHaveTextContent("The journal, your notes and the history of changes stay");
  await user.click(within(question).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(calls, "rebuild_mirror")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Rebuild the mirror…" }));
  await user.click(await screen.findByRole("button", { name: "Rebuild" }));
  await waitFor(() => expect(asked(calls, "rebuild_mirror")).toHaveLength(1));
});

test("a page that cannot be read says why and tries again", async () => {
  let full = true;
  rust({ sync_health: () => (full ? fail("other", "The disk is full.") : health) });
  const { user } = show(page);
  expect(await screen.findByText("The disk is full.")).toBeVisible();
  full = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await region("What is mirrored")).toBeVisible();
});
