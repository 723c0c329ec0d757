// The mark in the frame: words that stay true, on every page, and news that is read aloud sparingly.
import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { openApp, show } from "../../../test/render";
import { announce, asked, fail, rust } from "../../../test/rust";
import { fresh } from "../../../test/sync";
import type { Freshness } from "../../ipc/bindings";
import { FreshnessMark, FreshnessNews } from "./FreshnessMark";

afterEach(() => {
  vi.useRealTimers();
});

test("its words are read again as they grow old, and only a change of state is told", async () => {
  let now: Freshness = fresh;
  const calls = rust({ freshness: () => now });
  vi.useFakeTimers();
  show(
    <>
      <FreshnessMark workspace="ws_one" />
      <FreshnessNews workspace="ws_one" />
    </>,
  );
  await act(() => vi.advanceTimersByTimeAsync(10));
  expect(screen.getByText("Up to date, checked just now")).toBeVisible();
  const news = screen.getByRole("status", { name: "Freshness" });
  expect(news).toHaveTextContent(/^Up to date with Stripe\.$/);
  now = { ...fresh, words: "Up to date, checked less than a minute ago" };
  await act(() => vi.advanceTimersByTimeAsync(15_000));
  expect(screen.getByText("Up to date, checked less than a minute ago")).toBeVisible();
  expect(news).toHaveTextContent(/^Up to date with Stripe\.$/);
  expect(asked(calls, "freshness")).toHaveLength(2);
  now = { ...fresh, level: "stopped", words: "Offline since 9:01" };
  await act(() => vi.advanceTimersByTimeAsync(15_000));
  expect(news).toHaveTextContent("Stripe cannot be asked.");
});

test("it is in the frame of every page, follows the topic, and leads to the page that explains it", async () => {
  let now: Freshness = fresh;
  rust({ freshness: () => now });
  const { user } = openApp("/w/ws_one/links");
  const frame = within(await screen.findByRole("navigation", { name: "Main" }));
  const mark = await frame.findByRole("link", {
    name: "Sync health: Up to date, checked just now",
  });
  now = { ...fresh, level: "behind", words: "1 object waits to be fetched" };
  await announce({ workspace: "ws_one", topics: ["sync"] });
  await waitFor(() => expect(mark).toHaveTextContent("1 object waits to be fetched"));
  await user.click(mark);
  expect(await screen.findByRole("heading", { level: 1, name: "Sync health" })).toBeVisible();
});

test("hovering tells the exact moment", async () => {
  rust();
  const { user } = openApp("/w/ws_one/links");
  const frame = within(await screen.findByRole("navigation", { name: "Main" }));
  await user.hover(await frame.findByRole("link", { name: /^Sync health: Up to date/ }));
  expect(await screen.findByRole("tooltip")).toHaveTextContent(
    "Stripe was last asked on Nov 21, 2026, 9:59 AM",
  );
});

test("a freshness that cannot be read does not look fresh", async () => {
  rust({ freshness: () => fail("other", "The disk is full.") });
  show(<FreshnessMark workspace="ws_one" />);
  expect(await screen.findByText("How fresh this is could not be read")).toBeVisible();
});
