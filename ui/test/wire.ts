// The live wire of a workspace, for tests of Settings.
import type { LiveWireState } from "../src/ipc/bindings";

export const off: LiveWireState = {
  kind: "none",
  phase: "off",
  problem: null,
  stripe_cli: { version: "1.52.0", problem: null },
  port: 4280,
  address: null,
  secret_stored: false,
  passphrase_needed: false,
  delivered: 0,
  delivered_at: null,
  refusal: null,
};
