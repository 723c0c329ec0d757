// What is known of keys: each workspace's, one being checked, and what a good one looks like.
import { queryOptions } from "@tanstack/react-query";
import { commands } from "../../ipc/bindings";
import { DESK } from "../../ipc/cache";

export const keyStateQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "key", "state"],
    queryFn: () => commands.keyState(workspace),
  });

/** Costs a request per permission, so it is only read when asked for. */
export const keyReportQuery = (workspace: string, last4: string) =>
  queryOptions({
    queryKey: [workspace, "key", "report", last4],
    queryFn: () => commands.keyReport(workspace),
    enabled: false,
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
