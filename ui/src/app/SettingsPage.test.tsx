// Settings: the key without the key, backups, the journal's check, the theme, removing a workspace.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { desk, workspace } from "../../test/desk";
import { openApp } from "../../test/render";
import { asked, fail, rust } from "../../test/rust";

const PLACE = "/w/ws_one/settings";
const region = (name: string) => screen.findByRole("region", { name });

test("the key is described, checked again, replaced and removed after a question", async () => {
  const calls = rust({ remove_key: () => ({ state: "removed" }) });
  const { user } = openApp(PLACE);
  const key = await region("Stripe key");
  expect(
    await within(key).findByText("Restricted key ending in 4242, kept in the system's keychain."),
  ).toBeVisible();
  expect(asked(calls, "key_report")).toEqual([]);
  await user.click(within(key).getByRole("button", { name: "Check what it may do" }));
  expect(await within(key).findByText("Missing")).toBeVisible();
  await user.click(within(key).getByRole("button", { name: "Check again" }));
  await waitFor(() => expect(asked(calls, "key_report")).toHaveLength(2));
  await user.click(within(key).getByRole("button", { name: "Remove" }));
  expect(asked(calls, "remove_key")).toEqual([]);
  await user.click(await screen.findByRole("button", { name: "Remove the key" }));
  await waitFor(() => expect(asked(calls, "remove_key")).toHaveLength(1));
});

test("backups are made, and restored after a question", async () => {
  const calls = rust({
    make_backup: () => ({ name: "b", at: "2026-11-21T09:00:00Z", bytes: 1, entries: 1 }),
    restore_backup: () => "The damaged journal is kept as journal.db.damaged-1.",
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Back up now" }));
  expect(await screen.findByText("Backup made and checked.")).toBeVisible();
  const [restore] = await screen.findAllByRole("button", { name: "Restore" });
  await user.click(restore ?? document.body);
  const dialog = await screen.findByRole("dialog", { name: "Restore this backup?" });
  expect(dialog).toHaveTextContent("1,841 entries");
  await user.click(within(dialog).getByRole("button", { name: "Restore" }));
  await waitFor(() =>
    expect(asked(calls, "restore_backup")[0]?.args).toEqual({
      workspace: "ws_one",
      name: "journal-2026-11-21.db",
    }),
  );
  expect(
    await screen.findByText(
      "Backup restored. The damaged journal is kept as journal.db.damaged-1.",
    ),
  ).toBeVisible();
});

test.each([
  [{ entries: 1_841, erased: 2, problem: null }, "All 1,841 entries verify, 2 of them erased."],
  [{ entries: 1_841, erased: 0, problem: "Entry 12 was changed." }, "Entry 12 was changed."],
])("the journal's check says %o", async (verification, words) => {
  rust({ verify_journal: () => verification });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Check the journal" }));
  expect(await screen.findByText(words)).toBeVisible();
});

test("the theme changes at once and is remembered by Rust", async () => {
  const calls = rust({ set_theme: () => null });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark");
  await waitFor(() => expect(asked(calls, "set_theme")[0]?.args).toEqual({ theme: "dark" }));
});

test("the sample agency begins again after a question, asked and answered by keys", async () => {
  const calls = rust({
    desk: () => ({ ...desk, workspaces: [{ ...workspace, demo: true, livemode: false }] }),
    begin_demo_again: () => workspace,
  });
  const { user } = openApp(PLACE);
  const begin = await screen.findByRole("button", { name: "Begin again…" });
  begin.focus();
  await user.keyboard("{Enter}");
  const dialog = await screen.findByRole("dialog", { name: "Begin the sample agency again?" });
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  expect(asked(calls, "begin_demo_again")).toEqual([]);
  begin.focus();
  await user.keyboard("{Enter}");
  const sure = within(await screen.findByRole("dialog")).getByRole("button", {
    name: "Begin again",
  });
  sure.focus();
  await user.keyboard("{Enter}");
  expect(await screen.findByText("The sample agency has begun again.")).toBeVisible();
  expect(asked(calls, "begin_demo_again")).toHaveLength(1);
});

test("only the sample agency can begin again", async () => {
  rust();
  openApp(PLACE);
  expect(await region("Remove this workspace")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Begin again…" })).toBeNull();
});

test("removing a workspace keeps the journal unless its name is typed rightly", async () => {
  let removed = false;
  const calls = rust({
    desk: () => (removed ? { ...desk, workspaces: [], open_first: null } : desk),
    remove_workspace: ({ typedName }) => {
      if (typedName !== null && typedName !== workspace.name) {
        return fail("invalid", "That is not the workspace's name.", "typed_name");
      }
      removed = true;
      return null;
    },
  });
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("button", { name: "Remove Lumen Agency…" }));
  const name = await screen.findByRole("textbox", { name: "Delete the journal too" });
  await user.type(name, "Lumen{Enter}");
  expect(await screen.findByText("That is not the workspace's name.")).toBeVisible();
  expect(name).toHaveValue("Lumen");
  await user.clear(name);
  await user.click(screen.getByRole("button", { name: "Remove workspace" }));
  expect(await screen.findByRole("heading", { name: "Welcome to Portico" })).toBeVisible();
  expect(asked(calls, "remove_workspace").at(-1)?.args).toEqual({
    workspace: "ws_one",
    typedName: null,
  });
});
