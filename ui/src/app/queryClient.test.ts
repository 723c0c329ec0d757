// While an action runs: who keeps it is said only where that is Stripe, and only when it takes long.
import { notifications } from "@mantine/notifications";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createQueryClient } from "./queryClient";

const waiting = expect.objectContaining({ title: "Still waiting for Stripe…" });
const show = vi.spyOn(notifications, "show").mockReturnValue("");
const hide = vi.spyOn(notifications, "hide").mockReturnValue("");

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Runs an action that takes this long. */
function acting(took: number, asksStripe?: true) {
  const client = createQueryClient(() => undefined);
  const meta = { failureTitle: "That did not work", ...(asksStripe && { asksStripe }) };
  const mutationFn = () => new Promise<void>((resolve) => setTimeout(resolve, took));
  return client.getMutationCache().build(client, { mutationFn, meta }).execute(undefined);
}

test("an answer that takes long is waited for aloud, until it comes", async () => {
  const ended = acting(6_000, true);
  await vi.advanceTimersByTimeAsync(4_900);
  expect(show).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(show).toHaveBeenCalledWith(waiting);
  await vi.advanceTimersByTimeAsync(1_000);
  await ended;
  expect(hide).toHaveBeenCalledWith(show.mock.calls[0]?.[0].id);
});

test("a quick answer, and what does not ask Stripe, say nothing", async () => {
  const quick = acting(1_000, true);
  const local = acting(20_000);
  await vi.advanceTimersByTimeAsync(30_000);
  await Promise.all([quick, local]);
  expect(show).not.toHaveBeenCalled();
});
