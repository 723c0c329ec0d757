// The copies of a workspace's journal.
import { queryOptions } from "@tanstack/react-query";
import { commands } from "../../ipc/bindings";

export const backupsQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "backups"],
    queryFn: () => commands.listBackups(workspace),
  });
