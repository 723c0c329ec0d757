// The log of links: every attempt, its result in words, and the way to the client.
import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp } from "../../../test/render";
import { asked, rust } from "../../../test/rust";

const PLACE = "/w/ws_one/links";

test("good and failed attempts are told apart, with who, for whom and why", async () => {
  rust();
  openApp(PLACE);
  const failed = await screen.findByRole("row", {
    name: /^Portal login page.*Northwind Yoga, Failed$/,
  });
  expect(failed).toHaveTextContent("Ada Moser");
  expect(failed).toHaveTextContent("Northwind Yoga has no email in Stripe.");
  expect(await screen.findByRole("row", { name: /Lumen Studio, Opened$/ })).toBeInTheDocument();
});

test("a row leads to its client by key", async () => {
  const calls = rust();
  const { user } = openApp(PLACE);
  await waitFor(() => expect(screen.getByRole("grid", { name: "Links" })).toHaveFocus());
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "Lumen Studio" })).toBeVisible();
  expect(asked(calls, "get_client")[0]?.args).toEqual({ workspace: "ws_one", client: "cl_0" });
});

test("before the first one it says what will be noted here", async () => {
  rust({ list_links: () => ({ total: 0, rows: [] }) });
  openApp(PLACE);
  expect(await screen.findByText("No links yet")).toBeVisible();
});
