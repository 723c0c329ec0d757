// The portal studio: settings listed, linted while one types, saved after their consequences were shown, copied, previewed.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { desk, workspace } from "../../../../test/desk";
import { check, home } from "../../../../test/links";
import { configurations, impact, settings } from "../../../../test/portal";
import { openApp } from "../../../../test/render";
import { asked, fail, rust } from "../../../../test/rust";
import type { LinkRequest, PortalSettings } from "../../../ipc/bindings";

const PLACE = "/w/ws_one/portal";
const saved = { id: "bpc_1", reused: false, differences: [] };

test("the list says who gets each, by which rule, and what is odd about it", async () => {
  rust();
  openApp(PLACE);
  const enterprise = await screen.findByRole("article", { name: "Enterprise" });
  expect(enterprise).toHaveTextContent("14 clients get it · by the rule “Enterprise clients”");
  expect(enterprise).toHaveTextContent("1 finding");
  expect(enterprise).toHaveTextContent("Three mailed links lead to its login page.");
  expect(screen.getByRole("article", { name: "Portico default" })).toHaveTextContent(
    "Portico's own",
  );
  const unnamed = screen.getByRole("article", { name: "Unnamed settings of 3 March 2026" });
  expect(unnamed).toHaveTextContent("Off");
  expect(unnamed).toHaveTextContent("Stripe's default");
});

test("an edit is linted beside its field, and saved after its impact was shown", async () => {
  const calls = rust({
    lint_portal_settings: ({ settings: now }) =>
      ((now as PortalSettings).headline ?? "").length > 25
        ? [{ severity: "refused", field: "headline", sentence: "The headline is too long." }]
        : [],
    preview_portal_settings: () => impact,
    save_portal_configuration: () => ({ ...saved, differences: ["The headline is trimmed."] }),
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Edit Portico default" }));
  const headline = await screen.findByRole("textbox", { name: "Headline" });
  expect(headline).toHaveValue("Your account with Lumen");
  await user.type(headline, " and more");
  await waitFor(() => expect(headline).toHaveAccessibleDescription(/The headline is too long\./));
  expect(headline).toBeInvalid();
  const save = screen.getByRole("button", { name: "Save…" });
  expect(save).toBeDisabled();
  await user.clear(headline);
  await user.type(headline, "Your account");
  await waitFor(() => expect(headline).toBeValid());
  expect(asked(calls, "preview_portal_settings")).toEqual([]);
  await user.click(save);
  const dialog = within(await screen.findByRole("dialog", { name: "Save these portal settings?" }));
  expect(await dialog.findByText(impact.summary)).toBeVisible();
  const row = dialog.getByRole("row", { name: "Lumen Studio" });
  expect(row).toHaveTextContent("is cancelling");
  expect(row).toHaveTextContent("Cancel at the end of the period.");
  expect(asked(calls, "save_portal_configuration")).toEqual([]);
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("The headline is trimmed.")).toBeVisible();
  expect(asked(calls, "save_portal_configuration")[0]?.args).toEqual({
    workspace: "ws_one",
    configuration: "bpc_1",
    settings: { ...settings, headline: "Your account" },
  });
  expect(await screen.findByRole("article", { name: "Portico default" })).toBeVisible();
});

const nothing = {
  name: "",
  headline: "",
  privacy_policy_url: "",
  terms_of_service_url: "",
  default_return_url: "",
  login_page: false,
  invoice_history: false,
  customer_update: { enabled: false, allowed: [] },
  payment_method_update: { enabled: false, configuration: null },
  cancel: { enabled: false, immediately: false, proration: "none", ask_reason: false, reasons: [] },
  pause: { enabled: false, indefinite: false, durations: [] },
  update: {
    enabled: false,
    allowed: [],
    products: [],
    proration: "none",
    billing_cycle_anchor: "unchanged",
    at_period_end: [],
    trial: "end_trial",
  },
  metadata: {},
};

test("what clients may do about themselves, cancelling and pausing is made as it was chosen", async () => {
  const calls = rust({ save_portal_configuration: () => ({ ...saved, reused: true }) });
  const { user } = openApp(`${PLACE}/new`);
  await user.click(await screen.findByRole("switch", { name: "Change their details" }));
  await user.click(await screen.findByRole("checkbox", { name: "Tax ID" }));
  await user.click(screen.getByRole("switch", { name: "Cancel subscriptions" }));
  await user.click(await screen.findByRole("radio", { name: "Immediately" }));
  await user.click(await screen.findByRole("combobox", { name: "Unused time" }));
  await user.click(await screen.findByRole("option", { name: "Unused time becomes credit" }));
  await user.click(screen.getByRole("switch", { name: "Ask for a reason" }));
  await user.click(await screen.findByRole("checkbox", { name: "It's too expensive" }));
  await user.click(screen.getByRole("switch", { name: "Pause subscriptions" }));
  await user.click(await screen.findByRole("button", { name: "Add a length" }));
  const many = await screen.findByRole("textbox", { name: "Length 2: how many" });
  await user.clear(many);
  await user.type(many, "3");
  await user.click(screen.getByRole("button", { name: "Create in Stripe" }));
  expect(await screen.findByText(/^Equal settings existed already/)).toBeVisible();
  expect(asked(calls, "save_portal_configuration")[0]?.args).toEqual({
    workspace: "ws_one",
    configuration: null,
    settings: {
      ...nothing,
      customer_update: { enabled: true, allowed: ["tax_id"] },
      cancel: {
        enabled: true,
        immediately: true,
        proration: "create_prorations",
        ask_reason: true,
        reasons: ["too_expensive"],
      },
      pause: {
        enabled: true,
        indefinite: false,
        durations: [
          { interval: "month", count: 1 },
          { interval: "month", count: 3 },
        ],
      },
    },
  });
});

test("plans are offered by product, those that cannot be say why", async () => {
  const calls = rust({ save_portal_configuration: () => saved });
  const { user } = openApp(`${PLACE}/new`);
  await user.click(await screen.findByRole("switch", { name: "Change subscriptions" }));
  await user.click(await screen.findByRole("checkbox", { name: "Change the plan" }));
  const product = within(await screen.findByRole("group", { name: "Studio" }));
  expect(product.getByRole("checkbox", { name: "by usage, per month" })).toBeDisabled();
  expect(product.getByText("It is billed by usage.")).toBeVisible();
  await user.click(product.getByRole("checkbox", { name: "40.00 EUR per month" }));
  await user.click(await product.findByRole("checkbox", { name: "Quantity can be changed" }));
  await user.type(await product.findByRole("textbox", { name: "Most of Studio" }), "20");
  await user.click(screen.getByRole("button", { name: "Create in Stripe" }));
  expect(await screen.findByRole("article", { name: "Portico default" })).toBeVisible();
  const offered = { product: "prod_1", prices: ["price_1"], adjustable_quantity: true };
  expect(asked(calls, "save_portal_configuration")[0]?.args["settings"]).toEqual({
    ...nothing,
    update: {
      ...nothing.update,
      enabled: true,
      allowed: ["price"],
      products: [{ ...offered, minimum: null, maximum: 20 }],
    },
  });
});

test("a refusal stands at its field, and loses nothing that was typed", async () => {
  let refuse = true;
  const calls = rust({
    save_portal_configuration: () =>
      refuse ? fail("invalid", "Stripe refuses this address.", "privacy_policy_url") : saved,
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "New settings" }));
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.type(name, "Studio");
  const privacy = screen.getByRole("textbox", { name: "Privacy policy" });
  await user.type(privacy, "http://x");
  await user.click(screen.getByRole("button", { name: "Add" }));
  await user.type(await screen.findByRole("textbox", { name: "Key 1" }), "team");
  await user.type(screen.getByRole("textbox", { name: "Value 1" }), "north");
  await user.click(screen.getByRole("button", { name: "Create in Stripe" }));
  await waitFor(() => expect(privacy).toHaveAccessibleDescription(/Stripe refuses this address\./));
  expect(name).toHaveValue("Studio");
  refuse = false;
  await user.clear(privacy);
  await user.click(screen.getByRole("button", { name: "Create in Stripe" }));
  expect(await screen.findByRole("article", { name: "Portico default" })).toBeVisible();
  expect(asked(calls, "save_portal_configuration").at(-1)?.args["settings"]).toEqual({
    ...nothing,
    name: "Studio",
    metadata: { team: "north" },
  });
});

test("a copy begins as its model is, under another name", async () => {
  rust();
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "More for Enterprise" }));
  await user.click(await screen.findByRole("menuitem", { name: "Make a copy" }));
  expect(await screen.findByRole("textbox", { name: "Name" })).toHaveValue("Copy of Enterprise");
  expect(screen.getByRole("textbox", { name: "Headline" })).toHaveValue("Your account with Lumen");
});

test("to another workspace they go with what fits there, and nothing is saved on the way", async () => {
  const live = { ...workspace, id: "ws_two", name: "Lumen Live" };
  const calls = rust({
    desk: () => ({ ...desk, workspaces: [workspace, live] }),
    plan_portal_copy: () => ({
      settings: { ...settings, headline: "Over there" },
      matched: ["Studio (40.00 EUR per month) becomes price_9."],
      missing: ["Retainer is not in Lumen Live."],
      differences: ["The headline is “Old” there."],
      target: "bpc_1",
    }),
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "More for Enterprise" }));
  await user.click(await screen.findByRole("menuitem", { name: "Copy to another workspace" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(await dialog.findByText("Retainer is not in Lumen Live.")).toBeVisible();
  expect(dialog.getByText(/they would be changed/)).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Go on in Lumen Live" }));
  expect(await screen.findByRole("textbox", { name: "Headline" })).toHaveValue("Over there");
  expect(window.location.hash).toContain("/w/ws_two/portal/settings/bpc_1");
  expect(screen.getByText("The headline is “Old” there.")).toBeVisible();
  expect(asked(calls, "plan_portal_copy").map(({ args }) => args)).toContainEqual({
    workspace: "ws_one",
    configuration: "bpc_2",
    to: "ws_two",
  });
  expect(asked(calls, "save_portal_configuration")).toEqual([]);
});

test("a preview opens a client's portal with these settings, after the check", async () => {
  const calls = rust({
    check_link: ({ request }) => check(request as LinkRequest),
    issue_link: () => ({
      link: "ln_1",
      message: "Opened Northwind Yoga's portal.",
      url: null,
      recipient: null,
      lifetime: home.lifetime,
      warnings: [],
    }),
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "More for Enterprise" }));
  await user.click(await screen.findByRole("menuitem", { name: "Preview as a client" }));
  const field = await screen.findByRole("combobox", { name: "As which client" });
  await user.type(field, "yoga");
  await user.click(await screen.findByRole("option", { name: "Northwind Yoga" }));
  await user.click(screen.getByRole("button", { name: "Preview" }));
  const open = await screen.findByRole("button", { name: "Open" });
  await waitFor(() => expect(open).toBeEnabled());
  await user.click(open);
  expect(await screen.findByText("Opened Northwind Yoga's portal.")).toBeVisible();
  expect(asked(calls, "issue_link")[0]?.args).toMatchObject({
    client: "cl_8",
    request: { purpose: "portal_home", delivery: "open", configuration: "bpc_2" },
  });
});

test("settings are switched off only after a question that says whom it touches", async () => {
  const calls = rust({ set_portal_configuration_active: () => null });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "More for Enterprise" }));
  await user.click(await screen.findByRole("menuitem", { name: "Switch off" }));
  const question = await screen.findByRole("dialog", { name: "Switch Enterprise off?" });
  expect(question).toHaveTextContent("14 clients get it");
  expect(asked(calls, "set_portal_configuration_active")).toEqual([]);
  await user.click(within(question).getByRole("button", { name: "Switch off" }));
  await waitFor(() =>
    expect(asked(calls, "set_portal_configuration_active")[0]?.args).toEqual({
      workspace: "ws_one",
      configuration: "bpc_2",
      active: false,
    }),
  );
});

test("settings that are gone say so", async () => {
  rust({ list_portal_configurations: () => configurations.slice(0, 1) });
  openApp(`${PLACE}/settings/bpc_9`);
  expect(
    await screen.findByText("There are no such portal settings in this workspace."),
  ).toBeVisible();
});
