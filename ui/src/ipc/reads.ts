// Reads that several features share: a client, and what a portal can be made of.
import { queryOptions } from "@tanstack/react-query";
import { commands } from "./bindings";

export const clientQuery = (workspace: string, client: string) =>
  queryOptions({
    queryKey: [workspace, "client", client],
    queryFn: () => commands.getClient(workspace, client),
  });

export const configurationsQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "portal", "configurations"],
    queryFn: () => commands.listPortalConfigurations(workspace),
  });

export const choicesQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "portal", "choices"],
    queryFn: () => commands.portalChoices(workspace),
  });
