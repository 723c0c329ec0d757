// Entering a key: sent once, gone from the page, checked before anything is saved.
import { screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { desk, keyCheck, workspace } from "../../../test/desk";
import { openApp, show } from "../../../test/render";
import { asked, fail, rust } from "../../../test/rust";
import { ConnectPage } from "./ConnectPage";

const KEY = "rk_live_51Canary000000000000000000";
const noWorkspace = { ...desk, workspaces: [], open_first: null };
const field = () => screen.findByLabelText("Stripe key");

function entry(onChecked: (check: string) => void = () => undefined) {
  return show(
    <ConnectPage
      check={undefined}
      replacing={undefined}
      onChecked={onChecked}
      onAgain={() => undefined}
      onReplaceIn={() => undefined}
      onSaved={() => undefined}
      onBack={() => undefined}
    />,
  );
}

test("the key is sent once, and no trace of it stays in the page or the cache", async () => {
  let answer: () => void = () => undefined;
  const calls = rust({
    check_key: () =>
      new Promise((resolve) => {
        answer = () => resolve(keyCheck);
      }),
  });
  const onChecked = vi.fn();
  const { user, client, container } = entry(onChecked);
  await user.type(await field(), KEY);
  await user.dblClick(screen.getByRole("button", { name: "Check the key" }));
  await waitFor(() => expect(asked(calls, "check_key")).toHaveLength(1));
  answer();
  await waitFor(() => expect(onChecked).toHaveBeenCalledWith("ck_1"));
  expect(asked(calls, "check_key").map(({ args }) => args)).toEqual([{ key: KEY, apiBase: null }]);
  expect(await field()).toHaveValue("");
  expect(await field()).toHaveAttribute("type", "password");
  expect(container.outerHTML).not.toContain(KEY);
  const remembered = [
    ...client
      .getMutationCache()
      .getAll()
      .map(({ state }) => state),
    ...client
      .getQueryCache()
      .getAll()
      .map(({ state }) => state),
  ];
  expect(JSON.stringify(remembered)).not.toContain(KEY);
});

test("a refused key says why at its field", async () => {
  rust({
    check_key: () =>
      fail("invalid", "This is a publishable key. Paste a restricted or a secret one.", "key"),
  });
  const { user } = entry();
  await user.type(await field(), "pk_live_1{Enter}");
  expect(await screen.findByText(/^This is a publishable key/)).toBeVisible();
  expect(await field()).toHaveAccessibleDescription(/^This is a publishable key/);
});

test("a key that could only not be checked is not called refused", async () => {
  rust({ check_key: () => fail("offline", "Stripe could not be reached: no connection.") });
  const { user } = entry();
  await user.type(await field(), `${KEY}{Enter}`);
  expect(await screen.findByText("The key could not be checked")).toBeVisible();
  expect(screen.getByText(/^Stripe could not be reached/)).toBeVisible();
});

test("the permissions that are wanted are listed, and Stripe's form opens through Rust", async () => {
  const calls = rust({ open_key_page: () => null });
  const { user } = entry();
  expect(await screen.findByText("Customers: read")).toBeVisible();
  expect(screen.queryByText("Granted")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Create a key in Stripe" }));
  await waitFor(() => expect(asked(calls, "open_key_page")[0]?.args).toEqual({ livemode: true }));
});

test("after the page loaded anew: mode, account, what is missing; then it is saved", async () => {
  let added = false;
  const calls = rust({
    desk: () => (added ? desk : noWorkspace),
    key_check: () => keyCheck,
    add_workspace: () => {
      added = true;
      return workspace;
    },
  });
  const { user } = openApp("/connect?check=ck_1");
  expect(await screen.findByText("A live key: real clients, real money")).toBeVisible();
  expect(screen.getByText(/acct_1LumenAgency/)).toBeVisible();
  expect(screen.getByRole("row", { name: /^Customer portal: write .* Missing$/ })).toBeVisible();
  const name = screen.getByRole("textbox", { name: "Name of the workspace" });
  expect(name).toHaveValue("Lumen Agency");
  await user.tab();
  while (document.activeElement !== name) await user.tab();
  await user.keyboard("Lumen");
  await user.click(screen.getByRole("button", { name: "Save and read the clients" }));
  expect(await screen.findByRole("heading", { name: "Clients" })).toBeVisible();
  expect(asked(calls, "add_workspace")[0]?.args).toEqual({
    check: "ck_1",
    name: "Lumen",
    keep: { store: "keychain" },
    keptJournal: false,
  });
});

test.each([
  [true, "it is offered"],
  [false, "it may be left"],
])("a journal that was kept is gone on with: %s, %s", async (goOn) => {
  const kept = { workspace: "ws_old", entries: 1_841, until: "2026-11-20T09:00:00Z" };
  const calls = rust({
    desk: () => noWorkspace,
    key_check: () => ({ ...keyCheck, kept }),
    add_workspace: () => workspace,
  });
  const { user } = openApp("/connect?check=ck_1");
  const offer = await screen.findByRole("checkbox", { name: /^Go on with the journal/ });
  expect(offer).toHaveAccessibleDescription(/1,841 entries, the last of Nov 20, 2026/);
  if (!goOn) await user.click(offer);
  await user.click(screen.getByRole("button", { name: "Save and read the clients" }));
  await waitFor(() =>
    expect(asked(calls, "add_workspace")[0]?.args).toMatchObject({ keptJournal: goOn }),
  );
});

test("a key that lacks what is required is saved only after a word", async () => {
  const permissions = keyCheck.permissions.map((row) => ({
    ...row,
    ...(row.required && { result: "missing" as const }),
  }));
  const calls = rust({
    desk: () => noWorkspace,
    key_check: () => ({ ...keyCheck, permissions }),
    add_workspace: () => fail("other", "Enough of this story."),
  });
  const { user } = openApp("/connect?check=ck_1");
  await user.click(await screen.findByRole("button", { name: "Save and read the clients" }));
  const asking = await screen.findByRole("dialog", { name: /lacks what is required/ });
  expect(asking).toHaveTextContent("Customers: read");
  expect(asked(calls, "add_workspace")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Save all the same" }));
  await waitFor(() => expect(asked(calls, "add_workspace")).toHaveLength(1));
});

test("without a keychain the key goes to a file, and a refused passphrase loses nothing", async () => {
  const calls = rust({
    desk: () => noWorkspace,
    key_check: () => ({
      ...keyCheck,
      livemode: false,
      stores: [
        { store: "keychain", usable: false, message: "No secret service answers." },
        { store: "file", usable: true, message: "Encrypted with a passphrase." },
      ],
    }),
    add_workspace: () => fail("invalid", "Use at least 8 characters.", "passphrase"),
  });
  const { user } = openApp("/connect?check=ck_1");
  expect(await screen.findByText("A test key: no real money")).toBeVisible();
  expect(screen.getByRole("radio", { name: "The system's keychain" })).toBeDisabled();
  expect(screen.getByText("No secret service answers.")).toBeVisible();
  await user.type(screen.getByLabelText("Passphrase"), "short");
  await user.click(screen.getByRole("button", { name: "Save and read the clients" }));
  expect(await screen.findByText("Use at least 8 characters.")).toBeVisible();
  expect(screen.getByLabelText("Passphrase")).toHaveValue("short");
  expect(screen.getByRole("textbox", { name: "Name of the workspace" })).toHaveValue(
    "Lumen Agency",
  );
  expect(asked(calls, "add_workspace")[0]?.args["keep"]).toEqual({
    store: "file",
    passphrase: "short",
  });
});

test("an account that is here already is offered its new key instead of a twin", async () => {
  const calls = rust({
    key_check: () => ({ ...keyCheck, existing: "ws_one" }),
    replace_key: () => ({ state: "ready", restricted: true, last4: "4242", store: "keychain" }),
  });
  const { user } = openApp("/connect?check=ck_1");
  await user.click(await screen.findByRole("button", { name: "Use this key there" }));
  await user.click(await screen.findByRole("button", { name: "Replace the key" }));
  expect(await screen.findByText("The key was replaced.")).toBeVisible();
  expect(asked(calls, "replace_key")[0]?.args).toMatchObject({
    workspace: "ws_one",
    check: "ck_1",
  });
  expect(asked(calls, "add_workspace")).toEqual([]);
});

test("first run: sample data opens at once", async () => {
  let opened = false;
  const demo = { ...workspace, name: "Sample agency", demo: true, livemode: false };
  rust({
    desk: () => (opened ? { ...desk, workspaces: [demo] } : noWorkspace),
    open_demo: () => {
      opened = true;
      return demo;
    },
  });
  const { user } = openApp("/");
  await user.click(await screen.findByRole("button", { name: "Explore with sample data" }));
  expect(await screen.findByRole("complementary", { name: "Mode" })).toHaveTextContent(
    /nothing here is real/,
  );
});
