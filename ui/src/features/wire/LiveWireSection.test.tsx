// Settings, live wire: switching it on and off, a relay's secret and port, and how it goes in words.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { show } from "../../../test/render";
import { announce, asked, fail, rust } from "../../../test/rust";
import { off } from "../../../test/wire";
import type { LiveWireState } from "../../ipc/bindings";
import { followChanges } from "../../ipc/cache";
import { LiveWireSection } from "./LiveWireSection";

const SECRET = "whsec_onlyInTheField0123456789";

function open(wire: () => LiveWireState, answers: Parameters<typeof rust>[0] = {}) {
  const calls = rust({ live_wire_state: wire, ...answers });
  const onSecretSent = vi.fn();
  const shown = show(<LiveWireSection workspace="ws_one" onSecretSent={onSecretSent} />);
  const stop = followChanges(shown.client);
  return { ...shown, calls, onSecretSent, stop };
}

const status = () => screen.findByRole("status", { name: "The live wire now" });

test("it is off, and the Stripe CLI is switched on with the keyboard alone", async () => {
  let wire = off;
  const { user, calls, stop } = open(() => wire, {
    set_live_wire: () => {
      wire = { ...off, kind: "stripe_cli", phase: "starting" };
      return wire;
    },
  });
  expect(await status()).toHaveTextContent("Off.");
  const group = screen.getByRole("radiogroup", { name: "Events are delivered by" });
  expect(within(group).getByRole("radio", { name: "Nothing" })).toBeChecked();
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
  await user.tab();
  await user.keyboard("{ArrowDown}");
  expect(within(group).getByRole("radio", { name: "The Stripe CLI" })).toBeChecked();
  expect(asked(calls, "set_live_wire")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Switch on" }));
  await waitFor(() =>
    expect(asked(calls, "set_live_wire")[0]?.args).toEqual({
      workspace: "ws_one",
      kind: "stripe_cli",
      port: null,
    }),
  );
  await announce({ workspace: "ws_one", topics: ["live_wire"] });
  await waitFor(async () => expect(await status()).toHaveTextContent("Starting…"));
  wire = { ...wire, phase: "running", delivered: 3, delivered_at: new Date().toISOString() };
  await announce({ workspace: "ws_one", topics: ["live_wire"] });
  await waitFor(async () => expect(await status()).toHaveTextContent("On, and listening."));
  expect(await status()).toHaveTextContent("3 events delivered");
  await user.click(screen.getByRole("radio", { name: "Nothing" }));
  await user.click(screen.getByRole("button", { name: "Switch off" }));
  await waitFor(() => expect(asked(calls, "set_live_wire")[1]?.args["kind"]).toBe("none"));
  stop();
});

test("without the Stripe CLI it says how to get it, and Rust's refusal is shown", async () => {
  const problem = "The Stripe CLI is not installed. Install it, then try again.";
  const { user, stop } = open(() => ({ ...off, stripe_cli: { version: null, problem } }), {
    set_live_wire: () => fail("conflict", problem),
  });
  expect(await screen.findByText(problem)).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "The Stripe CLI" }));
  await user.click(screen.getByRole("button", { name: "Switch on" }));
  expect(await screen.findByText("The live wire was not changed")).toBeVisible();
  stop();
});

test("a relay's secret is sent once, leaves the field, and its errors stand at the fields", async () => {
  let refusing = true;
  let wire: LiveWireState = { ...off, passphrase_needed: true };
  const { user, calls, onSecretSent, stop } = open(() => wire, {
    set_webhook_secret: () => {
      if (refusing) return fail("key", "The passphrase does not open the key file.", "passphrase");
      wire = { ...wire, secret_stored: true };
      return wire;
    },
    set_live_wire: ({ port }) => {
      if (port === 4280) return fail("invalid", "Port 4280 cannot be listened on.", "port");
      wire = {
        ...wire,
        kind: "relay",
        phase: "running",
        port: 4281,
        address: "http://127.0.0.1/a",
      };
      return wire;
    },
  });
  await user.click(await screen.findByRole("radio", { name: "A relay of yours" }));
  const secret = screen.getByLabelText("Signing secret");
  const passphrase = screen.getByLabelText("Passphrase of the key file");
  expect(secret).toHaveAttribute("type", "password");
  await user.type(secret, SECRET);
  await user.type(passphrase, "wrong{Enter}");
  expect(await screen.findByText("The passphrase does not open the key file.")).toBeVisible();
  expect(secret).toHaveValue("");
  expect(passphrase).toHaveValue("");
  expect(onSecretSent).not.toHaveBeenCalled();

  refusing = false;
  await user.type(secret, SECRET);
  await user.type(passphrase, "right");
  await user.click(screen.getByRole("button", { name: "Store the secret" }));
  await waitFor(() => expect(onSecretSent).toHaveBeenCalledTimes(1));
  expect(asked(calls, "set_webhook_secret").at(-1)?.args).toEqual({
    workspace: "ws_one",
    secret: SECRET,
    passphrase: "right",
  });
  expect(document.body.innerHTML).not.toContain(SECRET);

  await user.click(screen.getByRole("button", { name: "Switch on" }));
  expect(await screen.findByText("Port 4280 cannot be listened on.")).toBeVisible();
  const port = screen.getByRole("textbox", { name: "Port" });
  await user.clear(port);
  await user.type(port, "4281{Enter}");
  await waitFor(() => expect(asked(calls, "set_live_wire").at(-1)?.args["port"]).toBe(4281));
  await announce({ workspace: "ws_one", topics: ["live_wire"] });
  expect(await screen.findByText("http://127.0.0.1/a")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Copy the address" }));
  expect(await navigator.clipboard.readText()).toBe("http://127.0.0.1/a");
  stop();
});

test("a relay without a secret says so, a refused delivery is told, and the secret is removed", async () => {
  const { user, calls, stop } = open(
    () => ({
      ...off,
      kind: "relay",
      phase: "waiting",
      problem: "Port 4280 is taken.",
      secret_stored: true,
      refusal: "no signature fits",
    }),
    { remove_webhook_secret: () => off },
  );
  expect(await status()).toHaveTextContent("On, but not listening yet. Port 4280 is taken.");
  expect(await status()).toHaveTextContent("The last delivery was refused: no signature fits.");
  await user.click(screen.getByRole("button", { name: "Remove the secret" }));
  await waitFor(() =>
    expect(asked(calls, "remove_webhook_secret")[0]?.args).toEqual({
      workspace: "ws_one",
      passphrase: null,
    }),
  );
  stop();
});
