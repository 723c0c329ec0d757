// What is read of links: the log, what to send next, and the check before one leaves.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { commands, type LinkRequest } from "../../ipc/bindings";

export const linksQuery = (
  workspace: string,
  notActedOnDays: number | null,
  offset: number,
  limit: number,
) =>
  queryOptions({
    queryKey: [workspace, "links", notActedOnDays, offset, limit],
    queryFn: () =>
      commands.listLinks(workspace, { not_acted_on_days: notActedOnDays, offset, limit }),
  });

export const recommendationQuery = (workspace: string, client: string) =>
  queryOptions({
    queryKey: [workspace, "client", client, "recommendation"],
    queryFn: () => commands.recommendLink(workspace, client),
  });

/**
 * Its subject is no topic's: the check asks Stripe and may bring news itself, which must not start
 * it over. The core checks once more when the link leaves.
 */
export const checkQuery = (workspace: string, client: string, request: LinkRequest) =>
  queryOptions({
    queryKey: [workspace, "check", client, request],
    queryFn: () => commands.checkLink(workspace, client, request),
    staleTime: 0,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
