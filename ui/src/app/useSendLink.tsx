// The dialog that a link leaves by, for every page that can start one.
import { type ReactNode, useCallback, useState } from "react";
import { type Sending, SendLinkDialog } from "../features/links/SendLinkDialog";
import { askForConfiguration } from "../features/portal/ConfigurationDialog";

/** A client's portal, opened here to see it with these settings; none: those that it gets anyhow. */
export const previewOf = (client: string, configuration: string | null): Sending => ({
  client,
  title: "Preview the portal",
  request: {
    purpose: "portal_home",
    delivery: "open",
    configuration,
    customer: null,
    subscription: null,
    invoice: null,
    price: null,
    quantity: null,
    coupon: null,
    recipient: null,
    renews: null,
    warnings_seen: false,
  },
});

interface SendLink {
  send: (sending: Sending) => void;
  onSetUp: (then: () => void) => void;
  /** To be drawn by the page. */
  dialog: ReactNode;
}

export function useSendLink(workspace: string): SendLink {
  const [sending, send] = useState<Sending | null>(null);
  const onSetUp = useCallback(
    (then: () => void) => askForConfiguration(workspace, then),
    [workspace],
  );
  return {
    send,
    onSetUp,
    dialog: sending && (
      <SendLinkDialog
        workspace={workspace}
        {...sending}
        onSetUp={onSetUp}
        onClose={() => send(null)}
      />
    ),
  };
}
