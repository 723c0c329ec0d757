// What staff do with workspaces and their keys.
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useAction } from "../../components/useAction";
import { commands, type KeepKeyIn, type KeyState, type WorkspaceSummary } from "../../ipc/bindings";
import { deskQuery } from "../../ipc/desk";

/** The pages that follow read the desk at once, before the announcement of its change arrives. */
function useRereadDesk() {
  const client = useQueryClient();
  return () => client.fetchQuery({ ...deskQuery, staleTime: 0 });
}

export const useOpenDemo = (onSuccess: (workspace: WorkspaceSummary) => void) => {
  const reread = useRereadDesk();
  return useAction({
    mutationFn: () => commands.openDemo(),
    meta: { failureTitle: "The sample data was not opened" },
    onSuccess: (workspace) => reread().then(() => onSuccess(workspace)),
  });
};

export const useBeginDemoAgain = () =>
  useAction({
    mutationFn: () => commands.beginDemoAgain(),
    meta: { failureTitle: "The sample agency did not begin again" },
    onSuccess: () => {
      notifications.show({ color: "teal", message: "The sample agency has begun again." });
    },
  });

export const useAddWorkspace = (onSuccess: (workspace: WorkspaceSummary) => void) => {
  const reread = useRereadDesk();
  return useAction({
    mutationFn: ({
      check,
      name,
      keep,
      keptJournal,
    }: {
      check: string;
      name: string;
      keep: KeepKeyIn;
      keptJournal: boolean;
    }) => commands.addWorkspace(check, name, keep, keptJournal),
    meta: { failureTitle: "The workspace was not added", fields: ["name", "passphrase"] },
    onSuccess: (workspace) => reread().then(() => onSuccess(workspace)),
  });
};

export const useReplaceKey = (onSuccess: () => void) =>
  useAction({
    mutationFn: ({
      workspace,
      check,
      keep,
    }: {
      workspace: string;
      check: string;
      keep: KeepKeyIn;
    }) => commands.replaceKey(workspace, check, keep),
    meta: { failureTitle: "The key was not replaced", fields: ["passphrase"] },
    onSuccess: () => {
      notifications.show({ color: "teal", message: "The key was replaced." });
      onSuccess();
    },
  });

export const useRemoveWorkspace = (workspace: string, onSuccess: () => void) => {
  const reread = useRereadDesk();
  return useAction({
    mutationFn: (typedName: string | null) => commands.removeWorkspace(workspace, typedName),
    meta: { failureTitle: "The workspace was not removed", fields: ["typed_name"] },
    onSuccess: () => reread().then(() => onSuccess()),
  });
};

/** Asks the keychain again; the answer is the key's new state. */
export const useRetryKey = (workspace: string) =>
  useKeyAction(workspace, () => commands.retryKey(workspace), "The keychain was not asked");

export const useRemoveKey = (workspace: string) =>
  useKeyAction(workspace, () => commands.removeKey(workspace), "The key was not removed");

export const useUnlockKeyFile = (workspace: string) =>
  useKeyAction(
    workspace,
    (passphrase: string) => commands.unlockKeyFile(workspace, passphrase),
    "The key file was not opened",
    ["passphrase"],
  );

function useKeyAction<Input = void>(
  workspace: string,
  mutationFn: (input: Input) => Promise<KeyState>,
  failureTitle: string,
  fields: readonly string[] = [],
) {
  const client = useQueryClient();
  return useAction<KeyState, Input>({
    mutationFn,
    meta: { failureTitle, fields },
    // Not every answer of a keychain is a change that Rust announces.
    onSuccess: () => client.invalidateQueries({ queryKey: [workspace, "key"] }),
  });
}

export const useCancelKeyPrompt = (workspace: string) =>
  useAction({
    mutationFn: () => commands.cancelKeyPrompt(workspace),
    meta: { failureTitle: "The prompt was not cancelled" },
  });

export const useSetTimeZone = (workspace: string) =>
  useAction({
    mutationFn: (zone: string) => commands.setTimeZone(workspace, zone),
    meta: { failureTitle: "The time zone was not changed" },
  });
