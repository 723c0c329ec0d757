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
      /** What it waits for is Stripe's answer: said if that takes long. */
      asksStripe?: true;
      /** Other errors that the caller answers itself. */
      handles?: (error: IpcError) => boolean;
    };
  }
}

/** Longer than an answer takes that nobody worries about. */
const PATIENCE_MS = 5_000;

/** Says while an action waits that it is Stripe who keeps it; the returned function takes it back. */
function sayWaiting(id: string): () => void {
  const timer = setTimeout(
    () =>
      notifications.show({
        id,
        loading: true,
        autoClose: false,
        withCloseButton: false,
        title: "Still waiting for Stripe…",
        message: "It has not answered yet. Portico goes on by itself, or says so if nothing comes.",
      }),
    PATIENCE_MS,
  );
  return () => {
    clearTimeout(timer);
    notifications.hide(id);
  };
}

/** `askStaff` is called when an action needs to know who acts; it runs `again` once that is known. */
export function createQueryClient(askStaff: (again: () => void) => void): QueryClient {
  const waiting = new Map<number, () => void>();
  const mutationCache = new MutationCache({
    onMutate(_variables, { meta, mutationId: id }) {
      if (meta?.asksStripe) waiting.set(id, sayWaiting(`waiting-${id}`));
    },
    onSettled(_data, _error, _variables, _result, { mutationId: id }) {
      waiting.get(id)?.();
      waiting.delete(id);
    },
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
