// A reading of everything: progress per resource, stopping, resuming, and what beginning one costs.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { syncStatus } from "../../../test/desk";
import { show } from "../../../test/render";
import { asked, rust } from "../../../test/rust";
import { SyncPanel } from "./SyncPanel";

const panel = () => screen.findByRole("region", { name: "Sync with Stripe" });

test("a filling shows each resource and can be stopped", async () => {
  const calls = rust({
    sync_status: () => ({
      ...syncStatus,
      phase: "running",
      resources: [
        { name: "customers", label: "Customers", state: "done", rows: 100_000, message: null },
        { name: "invoices", label: "Invoices", state: "reading", rows: 48_200, message: null },
        { name: "coupons", label: "Coupons", state: "not_permitted", rows: 0, message: "No." },
      ],
    }),
    cancel_sync: () => null,
  });
  const { user } = show(<SyncPanel workspace="ws_one" />);
  const items = await within(await panel()).findAllByRole("listitem");
  expect(items.map((item) => item.textContent)).toEqual([
    "Customers100,000",
    "Invoices48,200",
    "Coupons0",
  ]);
  expect(within(items[2] ?? document.body).getByLabelText("Not permitted")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Sync now" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Stop" }));
  await waitFor(() => expect(asked(calls, "cancel_sync")).toHaveLength(1));
});

test("an unfinished reading says what stopped it and resumes", async () => {
  const calls = rust({
    sync_status: () => ({
      ...syncStatus,
      phase: "unfinished",
      completed_at: null,
      problem: "Stripe could not be reached. Check the connection and try again.",
    }),
    resume_sync: () => null,
  });
  const { user } = show(<SyncPanel workspace="ws_one" />);
  expect(await screen.findByText(/^Stripe could not be reached/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Resume" }));
  await waitFor(() => expect(asked(calls, "resume_sync")).toHaveLength(1));
});

test("Sync now states its cost before anything is sent", async () => {
  const calls = rust({
    sync_status: () => ({ ...syncStatus, phase: "never", resources: [], completed_at: null }),
    sync_cost: () => ({ requests: 210, words: "This takes about 210 requests." }),
    sync_now: () => null,
  });
  const { user } = show(<SyncPanel workspace="ws_one" />);
  await user.click(await screen.findByRole("button", { name: "Sync now" }));
  const dialog = await screen.findByRole("dialog", { name: "Sync now" });
  expect(await within(dialog).findByText("This takes about 210 requests.")).toBeVisible();
  expect(asked(calls, "sync_now")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Sync now" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(calls, "sync_now")).toHaveLength(1);
});

test("a complete copy needs no panel", async () => {
  const calls = rust();
  show(<SyncPanel workspace="ws_one" />);
  await waitFor(() => expect(asked(calls, "sync_status")).toHaveLength(1));
  await new Promise(setImmediate);
  expect(screen.queryByRole("region")).toBeNull();
});
