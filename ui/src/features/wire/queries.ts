// How events are delivered to this computer, beside Stripe being asked for them.
import { queryOptions } from "@tanstack/react-query";
import { commands } from "../../ipc/bindings";

export const liveWireQuery = (workspace: string) =>
  queryOptions({
    queryKey: [workspace, "wire"],
    queryFn: () => commands.liveWireState(workspace),
  });
