// Wraps the router in what every page needs: the look, the cache, the news from Rust, who acts.
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { StaffDialog } from "../features/staff/StaffDialog";
import { followChanges } from "../ipc/cache";
import { createQueryClient } from "./queryClient";
import { createAppRouter } from "./routes";
import { theme } from "./theme";

/** What lives as long as the page. */
export interface Console {
  queryClient: QueryClient;
  router: ReturnType<typeof createAppRouter>;
  /** Told of each action that waits until the person has said who they are. */
  onStaffNeeded: (listener: (again: () => void) => void) => void;
}

/** Asks at once for what the first page shows, so that it comes while the frame around it is drawn. */
export function openConsole(): Console {
  let ask: (again: () => void) => void = () => undefined;
  const queryClient = createQueryClient((again) => ask(again));
  const router = createAppRouter(queryClient);
  void router.load();
  return {
    queryClient,
    router,
    onStaffNeeded: (listener) => {
      ask = listener;
    },
  };
}

interface Props {
  nonce: string | undefined;
  opened: Console;
}

export function App({ nonce, opened: { queryClient, router, onStaffNeeded } }: Props) {
  // An action that waits until the person has said who they are.
  const [waiting, setWaiting] = useState<(() => void) | null>(null);
  useEffect(() => onStaffNeeded((again) => setWaiting(() => again)), [onStaffNeeded]);
  useEffect(() => followChanges(queryClient), [queryClient]);

  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}
    >
      <QueryClientProvider client={queryClient}>
        <ModalsProvider>
          <RouterProvider router={router} />
          <StaffDialog
            opened={waiting !== null}
            onClose={() => setWaiting(null)}
            onKnown={() => {
              setWaiting(null);
              waiting?.();
            }}
          />
          <Notifications position="bottom-right" limit={4} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
