// Starting a client's portal, links and invoices: one at a time per client, asking for the set-up when it is missing.
import { useMutationState } from "@tanstack/react-query";
import { useMemo } from "react";
import { copyText } from "../../components/copy";
import { said, warned } from "../../components/said";
import { useAction } from "../../components/useAction";
import { commands, type IpcError } from "../../ipc/bindings";
import { problem } from "../../ipc/errors";
import { askForConfiguration } from "./ConfigurationDialog";

interface Target {
  client: string;
  customer?: string | undefined;
}

interface InvoiceTarget extends Target {
  invoice: string;
  what: "invoice_page" | "invoice_pdf";
}

const BEFORE = "Before you send it";
const needsSetUp = (error: unknown) => problem(error).code === "portal_configuration_needed";
const handles = (error: IpcError) => needsSetUp(error);
const ofClient = ({ client }: Target) => client;

export function usePortalActions(workspace: string) {
  const open = useAction({
    mutationKey: [workspace, "portal"],
    mutationFn: ({ client, customer }: Target) =>
      commands.openPortal(workspace, client, customer ?? null),
    sameThing: ofClient,
    meta: { failureTitle: "The portal was not opened", handles, asksStripe: true },
    onSuccess: ({ message }) => said("Portal opened", message),
    onError: (error, input) => {
      if (needsSetUp(error)) askForConfiguration(workspace, () => open.run(input));
    },
  });

  const mail = useAction({
    mutationKey: [workspace, "portal"],
    mutationFn: ({ client, customer }: Target) =>
      commands.preparePortalLink(workspace, client, customer ?? null, "portal_mail"),
    sameThing: ofClient,
    meta: { failureTitle: "The message was not prepared", handles, asksStripe: true },
    onSuccess: (link) => {
      said("Message prepared", link.message);
      warned(BEFORE, link.warnings);
    },
    onError: (error, input) => {
      if (needsSetUp(error)) askForConfiguration(workspace, () => mail.run(input));
    },
  });

  const copy = useAction({
    mutationKey: [workspace, "portal"],
    mutationFn: ({ client, customer }: Target) =>
      commands.preparePortalLink(workspace, client, customer ?? null, "portal_copy"),
    sameThing: ofClient,
    meta: { failureTitle: "The link was not copied", handles, asksStripe: true },
    onSuccess: (link) => {
      void copyText(link.url, "Link");
      warned(BEFORE, link.warnings);
    },
    onError: (error, input) => {
      if (needsSetUp(error)) askForConfiguration(workspace, () => copy.run(input));
    },
  });

  const invoice = useAction({
    mutationFn: ({ client, invoice: id, what }: InvoiceTarget) =>
      commands.openInvoice(workspace, client, id, what),
    sameThing: ({ invoice: id, what }) => `${id} ${what}`,
    meta: { failureTitle: "The invoice was not opened", asksStripe: true },
  });

  const stripe = useAction({
    mutationFn: ({ client, object }: { client: string; object: string }) =>
      commands.openInStripe(workspace, client, object),
    sameThing: ({ object }) => object,
    meta: { failureTitle: "Stripe was not opened" },
  });

  const busy = useMutationState({
    filters: { mutationKey: [workspace, "portal"], status: "pending" },
    select: ({ state }) => (state.variables as Target).client,
  });
  const busyClients = busy.join(" ");

  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` only reads refs, any of its versions will do.
  return useMemo(
    () => ({
      openPortal: (client: string, customer?: string) => open.run({ client, customer }),
      mailLink: (client: string, customer?: string) => mail.run({ client, customer }),
      copyLink: (client: string, customer?: string) => copy.run({ client, customer }),
      openInvoice: (client: string, id: string, what: InvoiceTarget["what"]) =>
        invoice.run({ client, invoice: id, what }),
      openInStripe: (client: string, object: string) => stripe.run({ client, object }),
      opening: (client: string) => busyClients.split(" ").includes(client),
    }),
    [workspace, busyClients],
  );
}
