// What is read of the portal: its settings as they are or would be, the rules, and what clients get by them.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { commands, type PortalRule, type PortalSettings } from "../../ipc/bindings";

export const portalConfigurationQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "portal", "configuration"],
    queryFn: () => commands.portalConfiguration(workspace),
  });

export const lintQuery = (
  workspace: string,
  settings: PortalSettings,
  configuration: string | null,
) =>
  queryOptions({
    queryKey: [workspace, "portal", "lint", configuration, settings],
    queryFn: () => commands.lintPortalSettings(workspace, settings, configuration),
    gcTime: 0,
    placeholderData: keepPreviousData,
  });

export const settingsImpactQuery = (
  workspace: string,
  configuration: string,
  settings: PortalSettings,
) =>
  queryOptions({
    queryKey: [workspace, "portal", "impact", configuration, settings],
    queryFn: () => commands.previewPortalSettings(workspace, configuration, settings),
    gcTime: 0,
  });

export const copyPlanQuery = (workspace: string, configuration: string, to: string) =>
  queryOptions({
    queryKey: [workspace, "portal", "copy", configuration, to],
    queryFn: () => commands.planPortalCopy(workspace, configuration, to),
    gcTime: 0,
  });

export const policyQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "portal", "policy"],
    queryFn: () => commands.portalPolicy(workspace),
  });

export const rulesImpactQuery = (
  workspace: string,
  rules: PortalRule[],
  otherwise: string | null,
) =>
  queryOptions({
    queryKey: [workspace, "portal", "impact", rules, otherwise],
    queryFn: () => commands.previewPortalRules(workspace, rules, otherwise),
    gcTime: 0,
  });

export const matrixQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "portal", "matrix"],
    queryFn: () => commands.portalMatrix(workspace),
  });

export const clientPortalQuery = (workspace: string, client: string) =>
  queryOptions({
    queryKey: [workspace, "client", client, "portal"],
    queryFn: () => commands.clientPortal(workspace, client),
  });

export const findClientsQuery = (workspace: string, search: string) =>
  queryOptions({
    queryKey: [workspace, "clients", "find", search],
    queryFn: () => commands.listClients(workspace, { search, offset: 0, limit: 12 }),
    placeholderData: keepPreviousData,
  });
