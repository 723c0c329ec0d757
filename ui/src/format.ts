// Turns the amounts, times and counts that Rust sends into text for people; it never computes with them.

/** An amount in minor units; `exponent` says how many of its digits are decimals. */
export interface Amount {
  /** Never null in practice: the generated types allow it for every wide number. */
  amount: number | null;
  currency: string;
  exponent: number;
}

// A computer without a locale (LANG=C) would write "1250" and "¤ 5"; the console is in English, so are they.
const posix = /posix/i.test(new Intl.NumberFormat().resolvedOptions().locale);
const viewer = posix ? "en-US" : undefined;

// Intl constructors are slow and a list formats thousands of cells, so each is built once.
const moneyFormats = new Map<string, Intl.NumberFormat | null>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** The amount as a plain decimal such as "-1234.50", exact for every safe integer. */
export function decimal({ amount: minor, exponent }: Amount): string {
  const amount = minor ?? 0;
  const digits = Math.abs(amount)
    .toString()
    .padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  return `${amount < 0 ? "-" : ""}${whole}${exponent > 0 ? `.${fraction}` : ""}`;
}

function moneyFormat(currency: string, exponent: number, locale: string | undefined) {
  const key = `${currency}/${exponent}/${locale ?? ""}`;
  let format = moneyFormats.get(key);
  if (format === undefined) {
    try {
      format = new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        // Stripe's digits, not Intl's: ISK and UGX have two in the API and none in ICU.
        minimumFractionDigits: exponent,
        maximumFractionDigits: exponent,
      });
    } catch {
      format = null;
    }
    moneyFormats.set(key, format);
  }
  return format;
}

/** The amount with its currency, in the viewer's manner: "€1,234.50". */
export function money(value: Amount, locale = viewer): string {
  const text = decimal(value);
  const format = moneyFormat(value.currency, value.exponent, locale);
  // A code that Intl does not accept is still money: show it plainly.
  return format
    ? format.format(text as Intl.StringNumericLiteral)
    : `${text} ${value.currency.toUpperCase()}`;
}

export function count(value: number, locale = viewer): string {
  return value.toLocaleString(locale);
}

function dateFormat(options: Intl.DateTimeFormatOptions, locale: string | undefined) {
  const key = JSON.stringify([options, locale]);
  let format = dateFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, options);
    dateFormats.set(key, format);
  }
  return format;
}

/** A moment's day: "21 Nov 2026". `zone` is the workspace's for due dates, else the viewer's. */
export function date(at: string, zone?: string, locale = viewer): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: "medium" };
  if (zone) options.timeZone = zone;
  return dateFormat(options, locale).format(new Date(at));
}

/** A calendar date `YYYY-MM-DD`, which has no zone and must not be moved by one. */
export function calendarDate(day: string, locale = viewer): string {
  return dateFormat({ dateStyle: "medium", timeZone: "UTC" }, locale).format(new Date(day));
}

/** An exact moment in the viewer's zone: "21 Nov 2026, 09:05". */
export function dateTime(at: string, locale = viewer): string {
  return dateFormat({ dateStyle: "medium", timeStyle: "short" }, locale).format(new Date(at));
}

const DAY_MS = 86_400_000;

/** The calendar date `YYYY-MM-DD` that it is in a zone. */
export function today(zone: string, now: number = Date.now()): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone } as const;
  // By its parts: that Swedes write dates this way is no help where their locale is not installed.
  const parts = dateFormat(options, "en-US").formatToParts(now);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** The calendar date some days earlier. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);
}

/** Whether a text is a whole calendar date that exists, not "2026-02-30". */
export function isDay(text: string): boolean {
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : "");
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

const spans: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago (or ahead) a moment is, in its largest whole unit: "3 days ago". */
export function ago(at: string, now: number = Date.now(), locale = viewer): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, length] of spans) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return "just now";
}

/** A length of time in its largest whole unit: "12 seconds", "3 minutes". */
export function duration(seconds: number, locale = viewer): string {
  const [unit, length] = spans.find(([, span]) => seconds >= span) ?? ["second", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.trunc(seconds / length),
  );
}

/** A size on disk: "3.2 MB". */
export function bytes(size: number, locale = viewer): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  let value = size;
  let step = 0;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[step] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  }).format(value);
}
