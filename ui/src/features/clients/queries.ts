// What the client list and the client page read.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type ClientQuery, commands } from "../../ipc/bindings";

/** What the person asks of the list, apart from which rows are in view. */
export type ListQuestion = Required<Omit<ClientQuery, "offset" | "limit">>;

export const plainList: ListQuestion = {
  search: "",
  states: [],
  archived: "hide",
  sort: "name",
  descending: false,
  currency: null,
};

export const clientsQuery = (
  workspace: string,
  question: ListQuestion,
  offset: number,
  limit: number,
) =>
  queryOptions({
    queryKey: [workspace, "clients", "list", question, offset, limit],
    queryFn: () => commands.listClients(workspace, { ...question, offset, limit }),
  });

export const clientFiltersQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "clients", "filters"],
    queryFn: () => commands.clientFilters(workspace),
  });

export const invoicesQuery = (workspace: string, client: string, offset: number, limit: number) =>
  queryOptions({
    queryKey: [workspace, "client", client, "invoices", offset, limit],
    queryFn: () => commands.listInvoices(workspace, client, offset, limit),
  });

export const clientAtQuery = (workspace: string, client: string, day: string) =>
  queryOptions({
    queryKey: [workspace, "client", client, "at", day],
    queryFn: () => commands.clientAt(workspace, client, day),
    placeholderData: keepPreviousData,
  });

export const timelineQuery = (workspace: string, client: string) =>
  infiniteQueryOptions({
    queryKey: [workspace, "timeline", client],
    queryFn: ({ pageParam }) => commands.clientTimeline(workspace, client, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.older,
  });

export const duplicatesQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "clients", "duplicates"],
    queryFn: () => commands.listDuplicates(workspace),
  });
