// Money in every kind of exponent, exactly; days that no time zone may move.
import { describe, expect, test } from "vitest";
import {
  ago,
  bytes,
  calendarDate,
  date,
  dayBefore,
  decimal,
  duration,
  isDay,
  money,
  today,
} from "./format";

const plain = (text: string) => text.replace(/\u00a0|\u202f/g, " ");

describe("money", () => {
  test.each([
    [{ amount: 123450, currency: "eur", exponent: 2 }, "€1,234.50"],
    [{ amount: 5000, currency: "jpy", exponent: 0 }, "¥5,000"],
    [{ amount: 1234560, currency: "kwd", exponent: 3 }, "KWD 1,234.560"],
    [{ amount: 50000, currency: "isk", exponent: 2 }, "ISK 500.00"],
    [{ amount: -990, currency: "usd", exponent: 2 }, "-$9.90"],
    [{ amount: 0, currency: "usd", exponent: 2 }, "$0.00"],
    [{ amount: 5, currency: "usd", exponent: 2 }, "$0.05"],
  ])("%o reads %s", (amount, text) => {
    expect(plain(money(amount, "en-US"))).toBe(text);
  });

  test("the largest exact amount keeps every digit", () => {
    const value = { amount: 9007199254740991, currency: "usd", exponent: 2 };
    expect(money(value, "en-US")).toBe("$90,071,992,547,409.91");
  });

  test("a currency that Intl refuses is still shown", () => {
    expect(money({ amount: 150, currency: "x1", exponent: 2 }, "en-US")).toBe("1.50 X1");
  });

  test("the copied amount is a bare decimal", () => {
    expect(decimal({ amount: -7, currency: "kwd", exponent: 3 })).toBe("-0.007");
    expect(decimal({ amount: 1200, currency: "jpy", exponent: 0 })).toBe("1200");
  });
});

describe("times", () => {
  test("a due date is read in the zone it is given", () => {
    const lateEvening = "2026-03-01T23:30:00Z";
    expect(date(lateEvening, "America/New_York", "en-US")).toBe("Mar 1, 2026");
    expect(date(lateEvening, "Asia/Tokyo", "en-US")).toBe("Mar 2, 2026");
  });

  test("a calendar date stays the same everywhere", () => {
    expect(calendarDate("2026-01-01", "en-US")).toBe("Jan 1, 2026");
  });

  test("distance in its largest unit", () => {
    const now = Date.parse("2026-11-21T09:00:00Z");
    expect(ago("2026-11-18T08:00:00Z", now, "en-US")).toBe("3 days ago");
    expect(ago("2026-11-21T08:59:50Z", now, "en-US")).toBe("just now");
    expect(ago("2026-11-21T11:00:00Z", now, "en-US")).toBe("in 2 hours");
    expect(ago("2024-11-01T00:00:00Z", now, "en-US")).toBe("2 years ago");
  });
});

describe("calendar days", () => {
  test("today is the zone's, not the computer's", () => {
    const lateEvening = Date.parse("2026-03-01T23:30:00Z");
    expect(today("America/New_York", lateEvening)).toBe("2026-03-01");
    expect(today("Asia/Tokyo", lateEvening)).toBe("2026-03-02");
  });

  test("earlier days count across months and the change of clocks", () => {
    expect(dayBefore("2026-03-01", 1)).toBe("2026-02-28");
    expect(dayBefore("2026-04-02", 30)).toBe("2026-03-03");
  });

  test.each([
    ["2026-03-03", true],
    ["2024-02-29", true],
    ["2026-02-29", false],
    ["2026-13-01", false],
    ["2026-03", false],
    ["2026-3-3", false],
    ["", false],
  ])("%s is a day: %s", (text, is) => {
    expect(isDay(text)).toBe(is);
  });
});

test("lengths of time in their largest unit", () => {
  expect(duration(0, "en-US")).toBe("0 seconds");
  expect(duration(59, "en-US")).toBe("59 seconds");
  expect(duration(200, "en-US")).toBe("3 minutes");
  expect(duration(90_000, "en-US")).toBe("1 day");
});

test("sizes on disk", () => {
  expect(bytes(999, "en-US")).toBe("999 byte");
  expect(bytes(3_240_000, "en-US")).toBe("3.2 MB");
});
