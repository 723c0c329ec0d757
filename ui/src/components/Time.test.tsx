// "Minutes ago" grows old by itself.
import { act, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { show } from "../../test/render";
import { Time } from "./Time";

afterEach(() => {
  vi.useRealTimers();
});

test("the distance is told anew each minute", () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-21T09:00:30Z") });
  show(<Time at="2026-11-21T09:00:00Z" show="ago" />);
  expect(screen.getByText("just now")).toHaveAttribute("datetime", "2026-11-21T09:00:00Z");
  act(() => vi.advanceTimersByTime(120_000));
  expect(screen.getByText("2 minutes ago")).toBeVisible();
});
