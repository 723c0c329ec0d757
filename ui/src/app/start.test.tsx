// How the window opens: where one was, told to Rust once it is painted, in the look that was chosen.
import { screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { desk } from "../../test/desk";
import { asked, rust } from "../../test/rust";

// What is told once per window needs a window of its own in each test.
async function openWindow(place: string) {
  vi.resetModules();
  const { openApp } = await import("../../test/render");
  return openApp(place);
}

test("the first list is reported once, after it is there", async () => {
  let rowsWhenTold = 0;
  const calls = rust({
    first_paint: () => {
      rowsWhenTold = document.querySelectorAll("[data-row-id]").length;
      return null;
    },
  });
  await openWindow("/");
  await waitFor(() => expect(asked(calls, "first_paint")).toHaveLength(1));
  expect(rowsWhenTold).toBeGreaterThan(5);
  window.location.hash = "#/w/ws_one/links";
  await screen.findByRole("grid", { name: "Links" });
  window.location.hash = "#/w/ws_one/clients";
  await screen.findByRole("grid", { name: "Clients" });
  expect(asked(calls, "first_paint")).toHaveLength(1);
});

test("without a workspace the first screen is reported instead", async () => {
  const calls = rust({ desk: () => ({ ...desk, workspaces: [], open_first: null }) });
  await openWindow("/");
  expect(await screen.findByRole("heading", { name: "Welcome to Portico" })).toBeVisible();
  await waitFor(() => expect(asked(calls, "first_paint")).toHaveLength(1));
});

test.each([
  [{ workspaces: [], open_first: null }, "Welcome to Portico"],
  [{}, "Clients"],
])(
  "a workspace that cannot be read is told of, also where it was the only one",
  async (more, title) => {
    const notice = "The workspace in /data/workspaces/ws_two cannot be listed.";
    rust({ desk: () => ({ ...desk, ...more, notices: [notice] }) });
    await openWindow("/");
    expect(await screen.findByRole("heading", { level: 1, name: title })).toBeVisible();
    expect(screen.getByRole("alert")).toHaveTextContent(notice);
  },
);

test("it opens where it was left, and remembers each place", async () => {
  const calls = rust({
    desk: () => ({
      ...desk,
      settings: { theme: "dark", last_place: "/w/ws_one/clients/cl_0" },
    }),
  });
  await openWindow("/");
  expect(await screen.findByRole("heading", { level: 1, name: "Lumen Studio" })).toBeVisible();
  await waitFor(() =>
    expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark"),
  );
  window.location.hash = "#/w/ws_one/links";
  await waitFor(() =>
    expect(asked(calls, "set_last_place").at(-1)?.args).toEqual({ place: "/w/ws_one/links" }),
  );
});

test("a place in a workspace that is gone leads to one that is there", async () => {
  rust();
  await openWindow("/w/ws_gone/links");
  expect(await screen.findByRole("grid", { name: "Clients" })).toBeVisible();
});
