// How often Stripe is asked for news, why, and how late the last news came, in sentences.
import { Text } from "@mantine/core";
import { Time } from "../../components/Time";
import { duration } from "../../format";
import type { Polling } from "../../ipc/bindings";

export function PollingWords({ polling }: { polling: Polling }) {
  return (
    <Text size="sm" c="dimmed" mt={6}>
      {polling.elsewhere
        ? "Another Portico on this computer asks Stripe for news; this window shows what it brings. "
        : `Stripe is asked for news ${polling.why}. `}
      {polling.next_at && !polling.elsewhere && (
        <>
          Next: <Time at={polling.next_at} show="exact" />.{" "}
        </>
      )}
      {polling.lag_seconds !== null &&
        `The last news was here ${duration(polling.lag_seconds)} after it happened.`}
    </Text>
  );
}
