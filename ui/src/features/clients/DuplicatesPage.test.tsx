// The duplicate doctor: found for a reason, put together or told apart by a person, deleted by nobody.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { group } from "../../../test/duplicates";
import { openApp } from "../../../test/render";
import { announce, asked, fail, rust } from "../../../test/rust";

const PLACE = "/w/ws_one/clients/duplicates";
const found = { list_duplicates: () => ({ total: 1, groups: [group] }) };

test("a group says why, what each customer has, and which the login page opens", async () => {
  rust(found);
  openApp(PLACE);
  const table = within(await screen.findByRole("table", { name: group.why }));
  expect(screen.getByText("Lumen Studio has the running subscriptions.")).toBeVisible();
  expect(table.getByRole("row", { name: /^Keep Lumen Studio/ })).toHaveTextContent(/214/);
  expect(table.getByRole("row", { name: /^Keep Anna/ })).toHaveTextContent(
    "The login page opens this one",
  );
  expect(table.getByRole("radio", { name: "Keep Lumen Studio, cus_0" })).toBeChecked();
});

test("they are put together as the client one keeps, after a question that says nothing is deleted", async () => {
  let together = false;
  const calls = rust({
    list_duplicates: () => (together ? { total: 0, groups: [] } : { total: 1, groups: [group] }),
    link_duplicates: async () => {
      together = true;
      await announce({ workspace: "ws_one", topics: ["clients"] });
      return null;
    },
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("radio", { name: "Keep Anna (Lumen), cus_90" }));
  await user.click(screen.getByRole("button", { name: "Put together…" }));
  const question = await screen.findByRole("dialog", {
    name: "Put them together as Anna (Lumen)?",
  });
  expect(question).toHaveTextContent("Nothing is deleted");
  expect(asked(calls, "link_duplicates")).toEqual([]);
  await user.click(within(question).getByRole("button", { name: "Put together" }));
  expect(await screen.findByText("No duplicates")).toBeVisible();
  expect(asked(calls, "link_duplicates")[0]?.args).toEqual({
    workspace: "ws_one",
    client: "cl_90",
    customers: ["cus_0", "cus_90"],
  });
});

test("the current customer is marked, and different clients are told apart", async () => {
  let full = true;
  const calls = rust({
    ...found,
    prefer_customer: () => null,
    dismiss_duplicates: () => (full ? fail("other", "The disk is full.") : null),
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Mark cus_90 as current" }));
  await waitFor(() =>
    expect(asked(calls, "prefer_customer")[0]?.args).toEqual({
      workspace: "ws_one",
      client: "cl_90",
      customer: "cus_90",
    }),
  );
  await user.click(screen.getByRole("button", { name: "These are different clients" }));
  expect(await screen.findByText("They were not told apart")).toBeVisible();
  full = false;
  await user.click(screen.getByRole("button", { name: "These are different clients" }));
  await waitFor(() => expect(asked(calls, "dismiss_duplicates")).toHaveLength(2));
  expect(asked(calls, "dismiss_duplicates")[1]?.args).toEqual({
    workspace: "ws_one",
    customers: ["cus_0", "cus_90"],
  });
});

test("one gets there from the list of clients, and from the palette", async () => {
  rust(found);
  const { user } = openApp("/w/ws_one/clients");
  await user.click(await screen.findByRole("button", { name: "Duplicates" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Duplicate clients" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Clients" }));
  await screen.findByRole("grid", { name: "Clients" });
  await user.keyboard("{Control>}k{/Control}");
  await waitFor(() => expect(screen.getByRole("textbox", { name: "Find" })).toHaveFocus());
  await user.keyboard("duplicate{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "Duplicate clients" })).toBeVisible();
});
