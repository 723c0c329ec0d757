// Every trouble with a key has its own words and its own way on, above data that stays readable.
import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { desk, workspace } from "../../../test/desk";
import { openApp } from "../../../test/render";
import { asked, fail, rust } from "../../../test/rust";
import type { KeyState } from "../../ipc/bindings";

const PLACE = "/w/ws_one/clients";

const troubles: [KeyState, string, RegExp, string][] = [
  [
    { state: "refused", last4: "9931", message: "Expired API key." },
    "Stripe refuses the key ending in 9931",
    /Expired API key/,
    "Enter a key",
  ],
  [{ state: "removed" }, "This workspace has no key", /removed on this computer/, "Enter a key"],
  [
    { state: "keychain_absent", message: "No session bus." },
    "This computer has no keychain",
    /No session bus.*GNOME Keyring/,
    "Enter a key",
  ],
  [{ state: "keychain_locked" }, "The keychain is locked", /must be unlocked/, "Unlock"],
  [{ state: "keychain_waiting" }, "Waiting for the keychain", /behind this one/, "Stop waiting"],
  [
    { state: "keychain_lost" },
    "The keychain no longer has this workspace's key",
    /the entry is gone/,
    "Ask again",
  ],
  [{ state: "file_locked" }, "The key file is locked", /its passphrase opens/, "Unlock"],
];

test.each(troubles)("$state", async (state, title, words, wayOn) => {
  rust({ key_state: () => state });
  openApp(PLACE);
  const banner = await screen.findByRole("region", { name: title });
  expect(banner).toHaveTextContent(words);
  expect(screen.getByRole("button", { name: wayOn })).toBeEnabled();
  expect(await screen.findByRole("row", { name: /^Lumen Studio, / })).toBeInTheDocument();
});

test("a second window on the sample agency says where it is at work, and asks for no key", async () => {
  rust({
    desk: () => ({ ...desk, workspaces: [{ ...workspace, demo: true, livemode: false }] }),
    key_state: () => ({ state: "removed" }),
  });
  openApp(PLACE);
  const title = "The sample agency is at work in another Portico";
  expect(await screen.findByRole("region", { name: title })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Enter a key" })).toBeNull();
});

test("a working key says nothing", async () => {
  rust();
  openApp(PLACE);
  await screen.findByRole("grid", { name: "Clients" });
  expect(screen.queryByRole("region", { name: /key/ })).toBeNull();
});

test("unlocking asks the keychain again, and the banner goes when it answers", async () => {
  let state: KeyState = { state: "keychain_locked" };
  const calls = rust({
    key_state: () => state,
    retry_key: () => {
      state = { state: "ready", restricted: true, last4: "4242", store: "keychain" };
      return state;
    },
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Unlock" }));
  await waitFor(() =>
    expect(screen.queryByRole("region", { name: "The keychain is locked" })).toBeNull(),
  );
  expect(asked(calls, "retry_key")).toHaveLength(1);
});

test("the keychain's prompt can be given up", async () => {
  const calls = rust({
    key_state: () => ({ state: "keychain_waiting" }),
    cancel_key_prompt: () => null,
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Stop waiting" }));
  await waitFor(() => expect(asked(calls, "cancel_key_prompt")).toHaveLength(1));
});

test("a wrong passphrase is said at its field and kept there", async () => {
  rust({
    key_state: () => ({ state: "file_locked" }),
    unlock_key_file: () =>
      fail(
        "key",
        "The passphrase does not open the key file. Check it and try again.",
        "passphrase",
      ),
  });
  const { user } = openApp(PLACE);
  const field = await screen.findByLabelText("Passphrase of the key file");
  await user.type(field, "open sesame{Enter}");
  expect(await screen.findByText(/^The passphrase does not open/)).toBeVisible();
  expect(field).toHaveValue("open sesame");
});

test("a refused key leads to entering another for the same workspace", async () => {
  rust({ key_state: () => ({ state: "refused", last4: "9931", message: "Expired." }) });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Enter a key" }));
  expect(
    await screen.findByRole("heading", { name: "Replace the key of Lumen Agency" }),
  ).toBeVisible();
});
