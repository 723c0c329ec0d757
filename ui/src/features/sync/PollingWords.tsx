// How often Stripe is asked for news, why, and how late the last news came, in sentences.
import { Text } from "@mantine/core";
import { Time } from "../../components/Time";
import { duration } from "../../format";
import type { Polling } from "../../ipc/bindings";

/** `stopped`: Stripe cannot be asked now, so what was true before is not said as if it still were. */
export function PollingWords({ polling, stopped }: { polling: Polling; stopped: boolean }) {
  const asked =
    stopped && !polling.next_at
      ? "Stripe is asked for news again as soon as it can be. "
      : `Stripe is asked for news ${polling.why}. `;
  return (
    <Text size="sm" c="dimmed" mt={6}>
      {polling.elsewhere
        ? "Another Portico on this computer asks Stripe for news; this window shows what it brings. "
        : asked}
      {polling.next_at && !polling.elsewhere && (
        <>
          Next: <Time at={polling.next_at} show="exact" />.{" "}
        </>
      )}
      {polling.lag_seconds !== null &&
        !stopped &&
        `The last news was here ${duration(polling.lag_seconds)} after it happened.`}
    </Text>
  );
}
