// The one read that every part of the window needs: the computer's settings, who sits here, the workspaces.
import { queryOptions } from "@tanstack/react-query";
import { commands, type WorkspaceSummary } from "./bindings";
import { DESK } from "./cache";

export const deskQuery = queryOptions({
  queryKey: [DESK, "desk"],
  queryFn: () => commands.desk(),
});

export const workspaceQuery = (workspace: string) =>
  queryOptions({
    ...deskQuery,
    select: (desk): WorkspaceSummary | undefined =>
      desk.workspaces.find(({ id }) => id === workspace),
  });
