// What Rust announces is re-read: by the screens that show it, of that workspace, not more often than needed.
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { announce, rust } from "../../test/rust";
import type { Topic } from "./bindings";
import { DESK, followChanges } from "./cache";

let client: QueryClient;
let stop: () => void;
const closing: (() => void)[] = [];

beforeEach(async () => {
  rust();
  client = new QueryClient();
  stop = followChanges(client);
  // Listening begins with an answer from Rust.
  await new Promise(setImmediate);
});

afterEach(() => {
  for (const close of closing.splice(0)) close();
  stop();
  client.clear();
});

/** A screen that shows something; counts how often it read. */
async function screenOf(...key: string[]) {
  const read = show(key, () => Promise.resolve("rows"));
  await vi.waitFor(() => expect(client.getQueryData(key)).toBe("rows"));
  return read;
}

function show(key: string[], queryFn: () => Promise<string>) {
  const read = vi.fn(queryFn);
  const observer = new QueryObserver(client, {
    queryKey: key,
    queryFn: read,
    staleTime: Number.POSITIVE_INFINITY,
  });
  closing.push(observer.subscribe(() => undefined));
  return read;
}

test("a topic re-reads the screens that show it, and only those of its workspace", async () => {
  const list = await screenOf("ws_one", "clients", "list");
  const page = await screenOf("ws_one", "client", "cl_1");
  const backups = await screenOf("ws_one", "backups");
  const other = await screenOf("ws_two", "clients", "list");
  await announce({ workspace: "ws_one", topics: ["invoices"] });
  await vi.waitFor(() => expect(list).toHaveBeenCalledTimes(2));
  expect(page).toHaveBeenCalledTimes(2);
  expect(backups).toHaveBeenCalledTimes(1);
  expect(other).toHaveBeenCalledTimes(1);
});

test("what belongs to the computer follows from any workspace", async () => {
  const desk = await screenOf(DESK, "desk");
  await announce({ workspace: "ws_one", topics: ["workspaces"] });
  await vi.waitFor(() => expect(desk).toHaveBeenCalledTimes(2));
});

test("after an overrun everything is re-read", async () => {
  const shown = await Promise.all(
    ["clients", "client", "links", "sync", "key", "backups", "timeline", "portal"].map((subject) =>
      screenOf("ws_one", subject),
    ),
  );
  const topics: Topic[] = [
    "workspaces",
    "settings",
    "key",
    "sync",
    "clients",
    "customers",
    "subscriptions",
    "invoices",
    "payment_methods",
    "products",
    "portal_configurations",
    "links",
    "timeline",
    "backups",
  ];
  await announce({ workspace: null, topics });
  for (const read of shown) await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2));
});

test("a burst is read twice: at once, and when it is over", async () => {
  const list = await screenOf("ws_one", "clients", "list");
  vi.useFakeTimers();
  try {
    for (let batch = 0; batch < 50; batch += 1) {
      await announce({ workspace: "ws_one", topics: ["clients"] });
    }
    expect(list).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(list).toHaveBeenCalledTimes(3);
  } finally {
    vi.useRealTimers();
  }
});

test("a change during the very first read is not missed", async () => {
  let rows = "old";
  let answer: () => void = () => undefined;
  const key = ["ws_one", "clients", "list"];
  show(key, () => {
    const asAsked = rows;
    return new Promise((resolve) => {
      answer = () => resolve(asAsked);
    });
  });
  rows = "new";
  await announce({ workspace: "ws_one", topics: ["clients"] });
  answer();
  await vi.waitFor(() => expect(client.getQueryData(key)).toBe("old"));
  await vi.waitFor(() => {
    answer();
    expect(client.getQueryData(key)).toBe("new");
  });
});
