// Draws a part of the console for a test, with the look and the cache around it.
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { App, openConsole } from "../src/app/App";
import { createQueryClient } from "../src/app/queryClient";
import { theme } from "../src/app/theme";

export function show(ui: ReactElement, askStaff: (again: () => void) => void = () => undefined) {
  const client = createQueryClient(askStaff);
  const user = userEvent.setup({ delay: null });
  const screen = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <ModalsProvider>
          {ui}
          <Notifications />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...screen, user, client };
}

/** Opens the whole window at a place, as a person would find it. */
export function openApp(place = "/") {
  window.location.hash = `#${place}`;
  const user = userEvent.setup({ delay: null });
  return { ...render(<App nonce={undefined} opened={openConsole()} />), user };
}
