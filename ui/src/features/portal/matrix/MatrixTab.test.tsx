// What clients may do: by segment, with the reason, exported, and signed off until the next look.
import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { policy } from "../../../../test/portal";
import { openApp } from "../../../../test/render";
import { asked, rust } from "../../../../test/rust";

const PLACE = "/w/ws_one/portal";

test("each segment says what its clients may do and why, and one reaches it by tab", async () => {
  rust();
  const { user } = openApp(PLACE);
  await user.click(await screen.findByRole("tab", { name: "What clients may do" }));
  const row = await screen.findByRole("row", { name: /^No segment/ });
  expect(row).toHaveTextContent("Portico defaultNo rule holds200YesAt period end, with a reason");
  expect(screen.getByRole("columnheader", { name: "Cancel" })).toBeVisible();
});

test("it reminds of a review that is overdue, and notes one", async () => {
  let reviewed = false;
  const calls = rust({
    portal_policy: () => ({ ...policy, review_overdue: !reviewed }),
    review_portal_matrix: () => {
      reviewed = true;
      return null;
    },
  });
  const { user } = openApp(`${PLACE}/matrix`);
  expect(await screen.findByText("It was to be reviewed by Aug 1, 2026.")).toBeVisible();
  expect(screen.getByText(/^Last reviewed on May 1, 2026 by Ada Moser/)).toBeVisible();
  const days = screen.getByRole("textbox", { name: "Look again in how many days" });
  await user.clear(days);
  await user.type(days, "30");
  await user.click(screen.getByRole("button", { name: "Mark as reviewed" }));
  await waitFor(() =>
    expect(asked(calls, "review_portal_matrix")[0]?.args).toEqual({
      workspace: "ws_one",
      nextInDays: 30,
    }),
  );
});

test("the export says where the file is", async () => {
  rust({ export_portal_matrix: () => "/home/ada/Downloads/portal.csv" });
  const { user } = openApp(`${PLACE}/matrix`);
  await user.click(await screen.findByRole("button", { name: "Export CSV" }));
  expect(await screen.findByText("/home/ada/Downloads/portal.csv")).toBeVisible();
});
