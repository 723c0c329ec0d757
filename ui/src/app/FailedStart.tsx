// The page of a start that failed: why, and what can be done about it.
import { Alert, Center, MantineProvider, Text } from "@mantine/core";
import { theme } from "./theme";

declare global {
  interface Window {
    /** Set before the page is read, where Rust could not start. */
    porticoFailed?: string;
  }
}

export function FailedStart({ nonce, why }: { nonce: string | undefined; why: string }) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      {...(nonce === undefined ? {} : { getStyleNonce: () => nonce })}
    >
      <Center component="main" mih="100dvh" p="xl">
        <Alert color="red" title="Portico could not start" maw="40rem">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {why}
          </Text>
          <Text size="sm" mt="sm">
            Nothing was changed. Close this window, put that right, and start Portico again.
          </Text>
        </Alert>
      </Center>
    </MantineProvider>
  );
}
