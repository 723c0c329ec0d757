// The log of links: every attempt to open or hand one out.
import { queryOptions } from "@tanstack/react-query";
import { commands } from "../../ipc/bindings";

export const linksQuery = (workspace: string, offset: number, limit: number) =>
  queryOptions({
    queryKey: [workspace, "links", offset, limit],
    queryFn: () => commands.listLinks(workspace, { offset, limit }),
  });
