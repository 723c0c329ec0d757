// The query cache's manners: local reads never go stale by themselves, and a failed action always says so.
import { notifications } from "@mantine/notifications";
import { MutationCache, QueryClient } from "@tanstack/react-query";
import type { IpcError } from "../ipc/bindings";
import { problem } from "../ipc/errors";

declare module "@tanstack/react-query" {
  interface Register {
    mutationMeta: {
      /** What did not happen, for the notification: "The note was not saved". */
      failureTitle: string;
      /** The inputs that show an error about them in place. */
      fields?: readonly string[];
      /** Other errors that the caller answers itself. */
      handles?: (error: IpcError) => boolean;
    };
  }
}

/** `askStaff` is called when an action needs to know who acts; it runs `again` once that is known. */
export function createQueryClient(askStaff: (again: () => void) => void): QueryClient {
  const mutationCache = new MutationCache({
    onError(thrown, variables, _context, mutation) {
      const error = problem(thrown);
      if (error.code === "staff_needed") {
        askStaff(() => void mutation.execute(variables).catch(() => undefined));
        return;
      }
      const { fields = [], handles } = mutation.meta ?? {};
      if (error.code === "cancelled" || handles?.(error)) return;
      if (error.field !== null && fields.includes(error.field)) return;
      notifications.show({
        color: "red",
        title: mutation.meta?.failureTitle ?? "That did not work",
        message: error.message,
        autoClose: 12_000,
      });
    },
  });
  return new QueryClient({
    mutationCache,
    defaultOptions: {
      // The data is in a local file and its staleness arrives as an event, so nothing polls or retries.
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}
