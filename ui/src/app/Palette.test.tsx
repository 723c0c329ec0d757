// The palette: anything without a pointer, clients as one types, and the keys explained by `?`.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp } from "../../test/render";
import { asked, rust } from "../../test/rust";

const PLACE = "/w/ws_one/clients";

async function openPalette() {
  const calls = rust({
    open_portal: () => ({ link: "ln_9", message: "Opened the portal." }),
    check_now: () => null,
  });
  const { user } = openApp(PLACE);
  await screen.findByRole("grid", { name: "Clients" });
  await user.keyboard("{Control>}k{/Control}");
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Find" })).toHaveFocus());
  return { calls, user };
}

test("it finds a page and goes there", async () => {
  const { user } = await openPalette();
  await user.keyboard("sett{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
});

test("it finds clients through the core, and opens the portal of the best one", async () => {
  const { calls, user } = await openPalette();
  await user.keyboard("yoga");
  expect(await screen.findByText("Open portal for Northwind Yoga")).toBeVisible();
  expect(asked(calls, "list_clients").at(-1)?.args["query"]).toMatchObject({
    search: "yoga",
    limit: 8,
  });
  await user.keyboard("{ArrowDown}{Enter}");
  expect(await screen.findByText("Opened the portal.")).toBeVisible();
  expect(asked(calls, "open_portal")[0]?.args).toMatchObject({ client: "cl_8" });
});

test("it leads to the next link of the best one, which is checked before it leaves", async () => {
  const { calls, user } = await openPalette();
  await user.keyboard("yoga");
  await user.click(await screen.findByText("Next link for Northwind Yoga"));
  expect(await screen.findByRole("dialog", { name: "Replace the card" })).toBeVisible();
  expect(asked(calls, "recommend_link")[0]?.args).toMatchObject({ client: "cl_8" });
  // Coming back here later is not asking for it again.
  await waitFor(() => expect(window.location.hash).toBe("#/w/ws_one/clients/cl_8"));
});

test("it starts a new client from anywhere", async () => {
  const { user } = await openPalette();
  await user.keyboard("new cl{Enter}");
  expect(await screen.findByRole("dialog", { name: "New client" })).toBeVisible();
});

test("it asks Stripe for news from anywhere", async () => {
  const { calls, user } = await openPalette();
  await user.keyboard("news{Enter}");
  await waitFor(() =>
    expect(asked(calls, "check_now").map(({ args }) => args)).toEqual([{ workspace: "ws_one" }]),
  );
});

test("each page has its number, in the order of the navigation", async () => {
  rust();
  const { user } = openApp(PLACE);
  await screen.findByRole("grid", { name: "Clients" });
  const navigation = within(screen.getByRole("navigation", { name: "Main" }));
  const pages = ["Clients", "Links", "Portal", "Sync health", "Settings"];
  expect(
    navigation
      .getAllByRole("link")
      .map(({ textContent }) => textContent)
      .slice(0, pages.length),
  ).toEqual(pages);
  for (const [index, title] of pages.entries()) {
    await user.keyboard(`{Alt>}${index + 1}{/Alt}`);
    expect(await screen.findByRole("heading", { level: 1, name: title })).toBeVisible();
  }
});

test("? explains the keys, but not while one types", async () => {
  rust();
  const { user } = openApp(PLACE);
  await screen.findByRole("grid", { name: "Clients" });
  await user.keyboard("/what?");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("searchbox")).toHaveValue("what?");
  await user.keyboard("{Escape}{Escape}?");
  expect(await screen.findByRole("dialog", { name: "Keyboard" })).toHaveTextContent(
    "Copy the focused object's id",
  );
  expect(screen.getByRole("dialog", { name: "Keyboard" })).toHaveTextContent("Alt4Sync health");
});
