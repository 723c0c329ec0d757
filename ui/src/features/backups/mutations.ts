// Making and restoring backups, and checking the journal's chain.
import { notifications } from "@mantine/notifications";
import { useAction } from "../../components/useAction";
import { commands } from "../../ipc/bindings";

export const useMakeBackup = (workspace: string) =>
  useAction({
    mutationFn: () => commands.makeBackup(workspace),
    meta: { failureTitle: "No backup was made" },
    onSuccess: () => notifications.show({ color: "teal", message: "Backup made and checked." }),
  });

export const useRestoreBackup = (workspace: string) =>
  useAction({
    mutationFn: (name: string) => commands.restoreBackup(workspace, name),
    meta: { failureTitle: "The backup was not restored" },
    onSuccess: (replaced) =>
      notifications.show({ color: "teal", message: `Backup restored. ${replaced}` }),
  });

export const useVerifyJournal = (workspace: string) =>
  useAction({
    mutationFn: () => commands.verifyJournal(workspace),
    meta: { failureTitle: "The journal was not checked" },
  });
