// Portico's portal configuration, as it is or as it would be made.
import { queryOptions } from "@tanstack/react-query";
import { commands } from "../../ipc/bindings";

export const portalConfigurationQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "portal", "configuration"],
    queryFn: () => commands.portalConfiguration(workspace),
  });
