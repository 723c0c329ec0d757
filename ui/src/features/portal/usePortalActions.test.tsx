// Portals and links: one per click, set up with consent, failures in the core's words.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { desk } from "../../../test/desk";
import { openApp } from "../../../test/render";
import { asked, fail, rust } from "../../../test/rust";

const PAGE = "/w/ws_one/clients/cl_0";
const opened = { link: "ln_9", message: "Opened Lumen Studio's portal in the browser." };
const link = {
  link: "ln_8",
  url: "https://billing.stripe.com/p/login/abc?prefilled_email=billing0%40client0.example",
  email: "billing0@client0.example",
  message: "The message is in your mail program.",
  warnings: [],
};

test("a double click opens one portal, and the button shows that it runs", async () => {
  let answer: () => void = () => undefined;
  const calls = rust({
    open_portal: () =>
      new Promise((resolve) => {
        answer = () => resolve(opened);
      }),
  });
  const { user } = openApp(PAGE);
  const button = await screen.findByRole("button", { name: "Open portal" });
  await user.dblClick(button);
  await user.keyboard("o");
  await waitFor(() => expect(button).toBeDisabled());
  expect(asked(calls, "open_portal").map(({ args }) => args)).toEqual([
    { workspace: "ws_one", client: "cl_0", customer: null },
  ]);
  answer();
  expect(await screen.findByText(opened.message)).toBeVisible();
  await waitFor(() => expect(button).toBeEnabled());
  await user.click(button);
  await waitFor(() => expect(asked(calls, "open_portal")).toHaveLength(2));
});

test("the first portal asks for consent, sets it up, and goes on", async () => {
  let exists = false;
  const calls = rust({
    open_portal: () => (exists ? opened : fail("portal_configuration_needed", "Not set up.")),
    create_portal_configuration: () => {
      exists = true;
      return { id: "bpc_1", allows: [], login_page: null };
    },
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Open portal" }));
  const dialog = await screen.findByRole("dialog", { name: "Set up the client portal" });
  expect(await within(dialog).findByText("Replace their payment method.")).toBeVisible();
  expect(within(dialog).getByText("The login page is public")).toBeVisible();
  expect(screen.queryByText("The portal was not opened")).toBeNull();
  expect(asked(calls, "create_portal_configuration")).toEqual([]);

  await user.click(within(dialog).getByRole("button", { name: "Set up and continue" }));
  expect(await screen.findByText(opened.message)).toBeVisible();
  expect(asked(calls, "create_portal_configuration")).toHaveLength(1);
  expect(asked(calls, "open_portal")).toHaveLength(2);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("declining the set-up makes nothing in Stripe", async () => {
  const calls = rust({
    prepare_portal_link: () => fail("portal_configuration_needed", "Not set up."),
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Email portal link" }));
  await user.click(await screen.findByRole("button", { name: "Not now" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(calls, "create_portal_configuration")).toEqual([]);
  expect(asked(calls, "prepare_portal_link")).toHaveLength(1);
});

test("a link that is not possible says why", async () => {
  rust({
    prepare_portal_link: () =>
      fail("link_not_possible", "Lumen Studio has no email in Stripe. Add one there first."),
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Email portal link" }));
  expect(await screen.findByText("The message was not prepared")).toBeVisible();
  expect(
    screen.getByText("Lumen Studio has no email in Stripe. Add one there first."),
  ).toBeVisible();
});

test("a copied link is on the clipboard, with what to know before sending it", async () => {
  const calls = rust({
    prepare_portal_link: () => ({ ...link, warnings: ["Two customers share this email."] }),
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "More actions" }));
  await user.click(await screen.findByRole("menuitem", { name: "Copy portal link" }));
  expect(await screen.findByText("Two customers share this email.")).toBeVisible();
  expect(await navigator.clipboard.readText()).toBe(link.url);
  expect(asked(calls, "prepare_portal_link")[0]?.args).toMatchObject({ how: "portal_copy" });
});

test("who acts is asked once, before the action, which then goes on by itself", async () => {
  let known = false;
  const calls = rust({
    desk: () => ({ ...desk, staff: null }),
    open_portal: () => (known ? opened : fail("staff_needed", "Tell Portico who you are first.")),
    set_staff: ({ name }) => {
      if (name === "") return fail("invalid", "Enter your name.", "name");
      known = true;
      return desk.staff;
    },
  });
  const { user } = openApp(PAGE);
  await user.click(await screen.findByRole("button", { name: "Open portal" }));
  const dialog = await screen.findByRole("dialog", { name: "Who are you?" });
  await user.type(within(dialog).getByRole("textbox", { name: "Your email" }), "ada@lumen.example");
  await user.click(within(dialog).getByRole("button", { name: "Save and continue" }));
  expect(await within(dialog).findByText("Enter your name.")).toBeVisible();
  expect(within(dialog).getByRole("textbox", { name: "Your email" })).toHaveValue(
    "ada@lumen.example",
  );
  await user.type(within(dialog).getByRole("textbox", { name: "Your name" }), "Ada Moser{Enter}");
  expect(await screen.findByText(opened.message)).toBeVisible();
  expect(asked(calls, "set_staff").at(-1)?.args).toEqual({
    name: "Ada Moser",
    email: "ada@lumen.example",
  });
  expect(asked(calls, "open_portal")).toHaveLength(2);
});
