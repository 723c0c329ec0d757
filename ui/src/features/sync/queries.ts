// How far the local copy of Stripe has come, and what reading it again would cost.
import { queryOptions } from "@tanstack/react-query";
import { commands } from "../../ipc/bindings";

export const syncStatusQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "sync", "status"],
    queryFn: () => commands.syncStatus(workspace),
  });

export const syncCostQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "sync", "cost"],
    queryFn: () => commands.syncCost(workspace),
    staleTime: 0,
    gcTime: 0,
  });
