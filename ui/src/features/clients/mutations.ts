// What staff change about clients; each says what did not happen when it fails.
import { notifications } from "@mantine/notifications";
import { said } from "../../components/said";
import { useAction } from "../../components/useAction";
import {
  type ClientDetails,
  type ClientQuery,
  type ContactDetails,
  commands,
  type DuplicateCustomer,
} from "../../ipc/bindings";

const detailFields = ["name", "email", "phone", "company"];

export const useAddClient = (workspace: string, onSuccess: (id: string) => void) =>
  useAction({
    mutationFn: (details: ClientDetails) => commands.addClient(workspace, details),
    meta: { failureTitle: "The client was not added", fields: detailFields },
    onSuccess,
  });

export const useEditClient = (workspace: string, client: string, onSuccess: () => void) =>
  useAction({
    mutationFn: (details: ClientDetails) => commands.editClient(workspace, client, details),
    meta: { failureTitle: "The client was not changed", fields: detailFields },
    onSuccess,
  });

export const useArchive = (workspace: string) =>
  useAction({
    mutationFn: ({ id, archived }: { id: string; archived: boolean }) =>
      archived ? commands.unarchiveClient(workspace, id) : commands.archiveClient(workspace, id),
    sameThing: ({ id }) => id,
    meta: { failureTitle: "The client was not moved" },
  });

export const useExport = (workspace: string) =>
  useAction({
    mutationFn: (query: ClientQuery) => commands.exportClients(workspace, query),
    meta: { failureTitle: "The list was not exported" },
    onSuccess: (path) =>
      notifications.show({
        color: "teal",
        title: "List exported",
        message: path,
        autoClose: 15_000,
      }),
  });

export const useRefreshClient = (workspace: string, client: string) =>
  useAction({
    mutationFn: () => commands.refreshClient(workspace, client),
    meta: { failureTitle: "The client was not refreshed", asksStripe: true },
  });

export const useSaveContact = (
  workspace: string,
  client: string,
  contact: string | undefined,
  onSuccess: () => void,
) =>
  useAction<unknown, ContactDetails>({
    mutationFn: (details) =>
      contact === undefined
        ? commands.addContact(workspace, client, details)
        : commands.editContact(workspace, client, contact, details),
    meta: { failureTitle: "The contact was not saved", fields: ["name", "email", "phone", "role"] },
    onSuccess,
  });

export const useRemoveContact = (workspace: string, client: string) =>
  useAction({
    mutationFn: (contact: string) => commands.removeContact(workspace, client, contact),
    meta: { failureTitle: "The contact was not removed" },
  });

export const useSaveNote = (
  workspace: string,
  client: string,
  note: string | undefined,
  onSuccess: () => void,
) =>
  useAction<unknown, string>({
    mutationFn: (text) =>
      note === undefined
        ? commands.writeNote(workspace, client, text)
        : commands.editNote(workspace, client, note, text),
    meta: { failureTitle: "The note was not saved", fields: ["text"] },
    onSuccess,
  });

export const useRemoveNote = (workspace: string, client: string) =>
  useAction({
    mutationFn: (note: string) => commands.removeNote(workspace, client, note),
    meta: { failureTitle: "The note was not removed" },
  });

export const useLinkCustomer = (workspace: string, client: string, onSuccess: () => void) =>
  useAction({
    mutationFn: (customer: string) => commands.linkCustomer(workspace, client, customer),
    meta: { failureTitle: "The customer was not linked", fields: ["customer"] },
    onSuccess,
  });

export const useUnlinkCustomer = (workspace: string, client: string) =>
  useAction({
    mutationFn: (customer: string) => commands.unlinkCustomer(workspace, client, customer),
    meta: { failureTitle: "The customer was not unlinked" },
  });

export const useLinkDuplicates = (workspace: string) =>
  useAction({
    mutationFn: ({ client, customers }: { client: string; customers: string[] }) =>
      commands.linkDuplicates(workspace, client, customers),
    meta: { failureTitle: "The customers were not put together" },
    onSuccess: () => said("Put together", "They are one client now; nothing changed in Stripe."),
  });

export const useDismissDuplicates = (workspace: string) =>
  useAction({
    mutationFn: (customers: string[]) => commands.dismissDuplicates(workspace, customers),
    meta: { failureTitle: "They were not told apart" },
  });

export const usePreferCustomer = (workspace: string) =>
  useAction({
    mutationFn: ({ client, customer, preferred }: DuplicateCustomer) =>
      commands.preferCustomer(workspace, client, preferred ? null : customer),
    sameThing: ({ customer }) => customer,
    meta: { failureTitle: "The customer was not marked" },
  });
