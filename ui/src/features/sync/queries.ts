// How far the local copy of Stripe has come, how fresh it is, and what reading it again would cost.
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

// "Just now" grows old without anything changing: the one read that is repeated by the clock.
const AGES_MS = 15_000;

export const freshnessQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "sync", "freshness"],
    queryFn: () => commands.freshness(workspace),
    refetchInterval: AGES_MS,
  });

export const syncHealthQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "sync", "health"],
    queryFn: () => commands.syncHealth(workspace),
  });
