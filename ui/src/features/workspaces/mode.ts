// How loudly a workspace must say that it is not real money.
import type { WorkspaceSummary } from "../../ipc/bindings";

export interface Mode {
  label: string;
  /** Stands above every page; live workspaces need none. */
  banner?: string;
}

export function modeOf({ demo, livemode }: Pick<WorkspaceSummary, "demo" | "livemode">): Mode {
  if (demo) {
    return {
      label: "Sample data",
      banner: "Sample data from a simulated Stripe, kept on this computer; nothing here is real.",
    };
  }
  if (livemode) return { label: "Live" };
  return {
    label: "Test mode",
    banner:
      "Test mode: these clients and amounts come from a Stripe sandbox, not from live billing.",
  };
}
