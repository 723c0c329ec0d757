// A client's portal on its page: segment, what it gets and why, chosen by hand and back.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { clientPortal } from "../../../test/portal";
import { openApp } from "../../../test/render";
import { asked, fail, rust } from "../../../test/rust";

const PAGE = "/w/ws_one/clients/cl_0";

test("segment and settings are chosen, and left to the rules again", async () => {
  let byHand: string | null = null;
  const calls = rust({
    client_portal: () => ({ ...clientPortal, by_hand: byHand }),
    set_client_segment: () => null,
    set_client_portal: ({ configuration }) => {
      byHand = configuration as string | null;
      return null;
    },
  });
  const { user } = openApp(PAGE);
  const section = within(await screen.findByRole("region", { name: "Portal" }));
  expect(await section.findByText("no rule holds")).toBeVisible();
  expect(section.getByText("See and download invoices.")).toBeVisible();
  await user.click(section.getByRole("combobox", { name: "Segment" }));
  await user.click(await screen.findByRole("option", { name: "Enterprise" }));
  await waitFor(() =>
    expect(asked(calls, "set_client_segment")[0]?.args).toEqual({
      workspace: "ws_one",
      client: "cl_0",
      segment: "sg_2",
    }),
  );
  await user.click(section.getByRole("combobox", { name: "Settings chosen by hand" }));
  // What is switched off cannot be chosen.
  expect(screen.queryByRole("option", { name: /^Unnamed settings/ })).toBeNull();
  await user.click(await screen.findByRole("option", { name: "Enterprise" }));
  await waitFor(() =>
    expect(asked(calls, "set_client_portal")[0]?.args).toEqual({
      workspace: "ws_one",
      client: "cl_0",
      configuration: "bpc_2",
    }),
  );
});

test("a segment that was not changed says why", async () => {
  rust({ set_client_segment: () => fail("other", "The disk is full.") });
  const { user } = openApp(PAGE);
  const section = within(await screen.findByRole("region", { name: "Portal" }));
  await user.click(await section.findByRole("combobox", { name: "Segment" }));
  await user.click(await screen.findByRole("option", { name: "Enterprise" }));
  expect(await screen.findByText("The segment was not changed")).toBeVisible();
  expect(section.getByRole("combobox", { name: "Segment" })).toHaveValue("B2B");
});
