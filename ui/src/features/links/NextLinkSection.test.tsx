// The next link: recommended with its reason, checked before it leaves, and stopped by what is wrong.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { clientPage } from "../../../test/fixtures";
import { check, home, recommendation } from "../../../test/links";
import { openApp } from "../../../test/render";
import { asked, fail, rust } from "../../../test/rust";
import type { LinkRequest, Preflight } from "../../ipc/bindings";

const PAGE = "/w/ws_one/clients/cl_0";
const issued = {
  link: "ln_9",
  message: "The message is in your mail program.",
  url: null,
  recipient: "mara@client0.example",
  lifetime: home.lifetime,
  warnings: [],
};
const found = (change: Partial<Preflight>) => ({
  check_link: ({ request }: Record<string, unknown>) => ({
    ...check(request as LinkRequest),
    ...change,
  }),
});

async function openDialog(answers: Parameters<typeof rust>[0] = {}) {
  const calls = rust(answers);
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Replace the card" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Replace the card" }));
  await dialog.findByRole("list", { name: "Checks" });
  return { calls, user, dialog };
}

test("the recommended link says why, and leaves as it was checked", async () => {
  const { calls, user, dialog } = await openDialog({ issue_link: () => issued });
  expect(screen.getByText(recommendation.reason)).toBeVisible();
  expect(dialog.getByText("Lumen Studio (cus_0)")).toBeVisible();
  expect(dialog.getByText("Portico default, no rule holds")).toBeVisible();
  await user.click(dialog.getByRole("combobox", { name: "Recipient" }));
  await user.click(await screen.findByRole("option", { name: /^Mara Lind/ }));
  await waitFor(() =>
    expect(asked(calls, "check_link").at(-1)?.args["request"]).toMatchObject({
      recipient: "mara@client0.example",
    }),
  );
  const button = dialog.getByRole("button", { name: "Prepare the message" });
  await waitFor(() => expect(button).toBeEnabled());
  await user.dblClick(button);
  expect(await screen.findByText(issued.message)).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(calls, "issue_link").map(({ args }) => args)).toEqual([
    {
      workspace: "ws_one",
      client: "cl_0",
      request: {
        ...recommendation.link?.request,
        customer: "cus_0",
        recipient: "mara@client0.example",
      },
    },
  ]);
});

test("a check that stops it keeps the link from leaving", async () => {
  const { calls, user, dialog } = await openDialog(
    found({
      checks: [{ outcome: "stop", sentence: "anna@else.example is no contact of Lumen Studio." }],
      may_leave: false,
    }),
  );
  expect(dialog.getByText("anna@else.example is no contact of Lumen Studio.")).toBeVisible();
  expect(dialog.getByLabelText("Stops it")).toBeVisible();
  expect(dialog.queryByRole("checkbox")).toBeNull();
  expect(dialog.getByRole("button", { name: "Prepare the message" })).toBeDisabled();
  await user.keyboard("{Enter}");
  expect(asked(calls, "issue_link")).toEqual([]);
});

test("warnings need a tick, for these very warnings", async () => {
  const { calls, user, dialog } = await openDialog({
    issue_link: () => issued,
    check_link: ({ request }) => {
      const asked = request as LinkRequest;
      const to = asked.recipient ?? "billing0@client0.example";
      return {
        ...check(asked),
        checks: [{ outcome: "warning", sentence: `Two customers share ${to}.` }],
      };
    },
  });
  const button = dialog.getByRole("button", { name: "Prepare the message" });
  expect(button).toBeDisabled();
  await user.click(dialog.getByRole("checkbox", { name: "I have seen the warnings" }));
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(dialog.getByRole("combobox", { name: "Recipient" }));
  await user.click(await screen.findByRole("option", { name: /^Mara Lind/ }));
  expect(await dialog.findByText("Two customers share mara@client0.example.")).toBeVisible();
  expect(button).toBeDisabled();
  const tick = dialog.getByRole("checkbox", { name: "I have seen the warnings" });
  expect(tick).not.toBeChecked();
  await user.click(tick);
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  await waitFor(() =>
    expect(asked(calls, "issue_link")[0]?.args["request"]).toMatchObject({ warnings_seen: true }),
  );
});

test("a link that was not made keeps its dialog, with the reason and what was chosen", async () => {
  const { user, dialog } = await openDialog({
    issue_link: () => fail("offline", "Stripe could not be reached."),
  });
  await user.click(dialog.getByRole("combobox", { name: "Recipient" }));
  await user.click(await screen.findByRole("option", { name: /^Mara Lind/ }));
  const button = dialog.getByRole("button", { name: "Prepare the message" });
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  expect(await dialog.findByText("Stripe could not be reached.")).toBeVisible();
  expect(dialog.getByRole("combobox", { name: "Recipient" })).toHaveValue(
    "Mara Lind (Bookkeeping) · mara@client0.example",
  );
});

test("a copied address is on the clipboard and nowhere on the screen", async () => {
  const url = "https://billing.stripe.com/p/session/secret";
  const { user, dialog } = await openDialog({ issue_link: () => ({ ...issued, url }) });
  await user.click(dialog.getByRole("radio", { name: "To copy" }));
  const button = await dialog.findByRole("button", { name: "Copy the link" });
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  expect(await screen.findByText("Link copied")).toBeVisible();
  expect(await navigator.clipboard.readText()).toBe(url);
  expect(document.body.textContent).not.toContain("p/session");
});

test("the portal opens at one click where nothing speaks against it", async () => {
  let free: () => void = () => undefined;
  const calls = rust({
    recommend_link: () => ({ ...recommendation, link: home, alternatives: [] }),
    issue_link: () =>
      new Promise((resolve) => {
        free = () => resolve({ ...issued, message: "Opened it in the browser." });
      }),
  });
  const { user } = openApp(PAGE);
  await user.dblClick(await screen.findByRole("button", { name: "Open the portal" }));
  await user.keyboard("l");
  expect(asked(calls, "issue_link")).toHaveLength(1);
  free();
  expect(await screen.findByText("Opened it in the browser.")).toBeVisible();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("what the core finds wrong at that click is shown by the dialog", async () => {
  rust({
    recommend_link: () => ({ ...recommendation, link: home, alternatives: [] }),
    issue_link: () => fail("link_not_possible", "The customer was deleted."),
    ...found({
      checks: [{ outcome: "stop", sentence: "The customer was deleted in Stripe." }],
      may_leave: false,
    }),
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Open the portal" }));
  expect(await screen.findByText("The customer was deleted in Stripe.")).toBeVisible();
});

test("other links leave by the ways that they may, and one key opens the next", async () => {
  const calls = rust({
    portal_configuration: () => ({ id: "bpc_1", allows: [], login_page: null }),
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Other links (2)" }));
  const others = within(screen.getByRole("list", { name: "Other links" }));
  expect(others.getByText(/Not by mail: It would be dead/)).toBeVisible();
  expect(others.queryByRole("button", { name: "Open the portal: By mail" })).toBeNull();
  await user.click(others.getByRole("button", { name: "Let them cancel: By mail" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Let them cancel" }));
  await user.click(await dialog.findByRole("combobox", { name: "Offer to stay" }));
  await user.click(await screen.findByRole("option", { name: /^Stay with us/ }));
  await waitFor(() =>
    expect(asked(calls, "check_link").at(-1)?.args["request"]).toMatchObject({
      purpose: "cancel",
      coupon: "stay",
    }),
  );
  await user.click(dialog.getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.keyboard("l");
  expect(await screen.findByRole("dialog")).toBeVisible();
});

test("one of several subscriptions is chosen by its plan", async () => {
  const [subscription] = clientPage.subscriptions;
  const [item] = subscription?.items ?? [];
  const calls = rust({
    recommend_link: () => ({
      ...recommendation,
      link: { ...home, title: "Pause it", request: { ...home.request, purpose: "pause" } },
    }),
    get_client: () => ({
      ...clientPage,
      subscriptions: [
        subscription,
        { ...subscription, id: "sub_7", items: [{ ...item, name: "Retainer" }] },
      ],
    }),
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Pause it" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.click(await dialog.findByRole("combobox", { name: "Subscription" }));
  await user.click(await screen.findByRole("option", { name: /^Retainer/ }));
  await waitFor(() =>
    expect(asked(calls, "check_link").at(-1)?.args["request"]).toMatchObject({
      subscription: "sub_7",
    }),
  );
});

test("without a link that would work it says what to do instead", async () => {
  rust({
    recommend_link: () => ({
      ...recommendation,
      link: null,
      reason: "Lumen Studio has no customer in Stripe. Link one first.",
    }),
  });
  openApp(PAGE);
  expect(await screen.findByText("No link would work now")).toBeVisible();
  expect(screen.getByText("Lumen Studio has no customer in Stripe. Link one first.")).toBeVisible();
});
