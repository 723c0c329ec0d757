// Wraps the router in what every page needs: the look, the cache, the news from Rust, who acts.
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { StaffDialog } from "../features/staff/StaffDialog";
import { followChanges } from "../ipc/cache";
import { createQueryClient } from "./queryClient";
import { createAppRouter } from "./routes";
import { theme } from "./theme";

export function App({ nonce }: { nonce: string | undefined }) {
  // An action that waits until the person has said who they are.
  const [waiting, setWaiting] = useState<(() => void) | null>(null);
  const [queryClient] = useState(() => createQueryClient((again) => setWaiting(() => again)));
  const [router] = useState(() => {
    const created = createAppRouter(queryClient);
    // What the first page shows is asked for while the frame around it is still being drawn.
    void created.load();
    return created;
  });
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
