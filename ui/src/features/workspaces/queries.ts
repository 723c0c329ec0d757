// What the frame of the window reads: the computer's desk, and each workspace's key.
import { queryOptions } from "@tanstack/react-query";
import { commands, type WorkspaceSummary } from "../../ipc/bindings";
import { DESK } from "../../ipc/cache";

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

export const keyStateQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "key", "state"],
    queryFn: () => commands.keyState(workspace),
  });

export const keyReportQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "key", "report"],
    queryFn: () => commands.keyReport(workspace),
  });

export const keyCheckQuery = (check: string) =>
  queryOptions({
    queryKey: [DESK, "check", check],
    queryFn: () => commands.keyCheck(check),
    gcTime: 0,
  });

export const keyAdviceQuery = queryOptions({
  queryKey: [DESK, "advice"],
  queryFn: () => commands.keyAdvice(),
});

export const timeZonesQuery = queryOptions({
  queryKey: [DESK, "zones"],
  queryFn: () => commands.timeZones(),
});
