// Rules and segments: ordered by buttons and keys, changed as a draft, saved after the impact was shown.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { impact, policy } from "../../../../test/portal";
import { openApp } from "../../../../test/render";
import { asked, fail, rust } from "../../../../test/rust";

const PLACE = "/w/ws_one/portal/rules";
const order = () =>
  within(screen.getByRole("list", { name: "Rules in their order" }))
    .getAllByRole("listitem")
    .map((item) => item.getAttribute("aria-label"));
const [enterprise, annual] = policy.rules.map(({ name }) => name);

test("conditions stand there in words", async () => {
  rust();
  openApp(PLACE);
  const rule = await screen.findByRole("listitem", { name: annual ?? "" });
  await waitFor(() =>
    expect(rule).toHaveTextContent(
      "Clients on Retainer, billed yearly, subscribed for less than 6 months: Enterprise",
    ),
  );
  expect(screen.getByRole("listitem", { name: enterprise ?? "" })).toHaveTextContent(
    "Clients in Enterprise: Enterprise",
  );
});

test("a rule is moved by button and by key, and nothing is in force before the preview", async () => {
  const calls = rust({ preview_portal_rules: () => impact, save_portal_rules: () => null });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: `Move ${annual} up` }));
  expect(order()).toEqual([annual, enterprise]);
  const rule = screen.getByRole("listitem", { name: annual ?? "" });
  await waitFor(() => expect(rule).toHaveFocus());
  await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
  expect(order()).toEqual([enterprise, annual]);
  await waitFor(() => expect(screen.getByRole("listitem", { name: annual ?? "" })).toHaveFocus());
  await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
  expect(order()).toEqual([annual, enterprise]);

  await user.click(screen.getByRole("button", { name: "Preview and save…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Save these rules?" }));
  expect(await dialog.findByText(impact.summary)).toBeVisible();
  expect(asked(calls, "save_portal_rules")).toEqual([]);
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Rules saved")).toBeVisible();
  const rules = [policy.rules[1], policy.rules[0]];
  const sent = { workspace: "ws_one", rules, otherwise: null };
  expect(asked(calls, "preview_portal_rules")[0]?.args).toEqual(sent);
  expect(asked(calls, "save_portal_rules")[0]?.args).toEqual(sent);
});

test("a new rule takes its conditions, and a failed save keeps the draft", async () => {
  const calls = rust({
    preview_portal_rules: () => ({ ...impact, clients: 0, cancelling: 0, rows: [] }),
    save_portal_rules: () => fail("other", "The disk is full."),
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Add rule" }));
  const dialog = within(await screen.findByRole("dialog", { name: "New rule" }));
  await user.click(dialog.getByRole("button", { name: "Add" }));
  expect(dialog.getByText("Say for whom the rule is.")).toBeVisible();
  expect(dialog.getByText("Choose the portal settings.")).toBeVisible();
  await user.type(dialog.getByRole("textbox", { name: "Name" }), "Several plans");
  await user.type(dialog.getByRole("textbox", { name: "At least … running subscriptions" }), "2");
  await user.click(dialog.getByRole("combobox", { name: "Billed" }));
  await user.click(await screen.findByRole("option", { name: "monthly" }));
  await user.click(dialog.getByRole("combobox", { name: "Portal settings" }));
  await user.click(await screen.findByRole("option", { name: "Enterprise" }));
  await user.click(dialog.getByRole("button", { name: "Add" }));
  expect(await screen.findByRole("listitem", { name: "Several plans" })).toHaveTextContent(
    "Clients billed monthly, with at least 2 running subscriptions: Enterprise",
  );
  await user.click(screen.getByRole("button", { name: "Preview and save…" }));
  const save = await screen.findByRole("button", { name: "Save" });
  await waitFor(() => expect(save).toBeEnabled());
  await user.click(save);
  expect(await screen.findByText("The disk is full.")).toBeVisible();
  expect(asked(calls, "save_portal_rules")[0]?.args["rules"]).toMatchObject([
    { name: enterprise },
    { name: annual },
    {
      name: "Several plans",
      when: { min_subscriptions: 2, interval: "month" },
      configuration: "bpc_2",
    },
  ]);
  await user.click(screen.getByRole("button", { name: "Back" }));
  expect(await screen.findByRole("listitem", { name: "Several plans" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Discard the changes" }));
  expect(order()).toEqual([enterprise, annual]);
});

test("a draft is not left by mistake", async () => {
  rust();
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: `Move ${annual} up` }));
  await user.click(screen.getByRole("tab", { name: "Settings" }));
  const question = await screen.findByRole("dialog", { name: "Leave without saving?" });
  await user.click(within(question).getByRole("button", { name: "Stay" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(order()).toEqual([annual, enterprise]);
  await user.click(screen.getByRole("tab", { name: "Settings" }));
  await user.click(await screen.findByRole("button", { name: "Leave" }));
  expect(await screen.findByRole("article", { name: "Enterprise" })).toBeVisible();
});

test("segments are added, renamed, and removed after a question", async () => {
  const calls = rust({
    save_segment: ({ name }) =>
      name === "B2B" ? fail("conflict", "There is a segment B2B already.", "name") : "sg_9",
    remove_segment: () => null,
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Add segment" }));
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.type(name, "B2B{Enter}");
  expect(await screen.findByText("There is a segment B2B already.")).toBeVisible();
  expect(name).toHaveValue("B2B");
  await user.clear(name);
  await user.type(name, "B2C{Enter}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(calls, "save_segment").at(-1)?.args).toEqual({
    workspace: "ws_one",
    segment: null,
    name: "B2C",
    description: null,
  });
  await user.click(screen.getByRole("button", { name: "Edit the segment Enterprise" }));
  await user.type(await screen.findByRole("textbox", { name: "Name" }), " clients{Enter}");
  await waitFor(() =>
    expect(asked(calls, "save_segment").at(-1)?.args).toMatchObject({
      segment: "sg_2",
      name: "Enterprise clients",
    }),
  );
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("button", { name: "Remove the segment Enterprise" }));
  const question = await screen.findByRole("dialog", { name: "Remove the segment Enterprise?" });
  expect(question).toHaveTextContent("14 clients are in no segment then.");
  await user.click(within(question).getByRole("button", { name: "Remove" }));
  await waitFor(() =>
    expect(asked(calls, "remove_segment")[0]?.args).toEqual({
      workspace: "ws_one",
      segment: "sg_2",
    }),
  );
});
