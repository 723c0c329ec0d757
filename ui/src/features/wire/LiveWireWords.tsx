// How the live wire goes, in sentences.
import { Text } from "@mantine/core";
import { Time } from "../../components/Time";
import type { LiveWirePhase, LiveWireState } from "../../ipc/bindings";

const phases: Record<LiveWirePhase, string> = {
  off: "Off.",
  starting: "Starting…",
  running: "On, and listening.",
  waiting: "On, but not listening yet.",
  elsewhere: "On; another Portico on this computer listens.",
};

export function LiveWireWords({ wire }: { wire: LiveWireState }) {
  return (
    <div role="status" aria-label="The live wire now">
      <Text size="sm" {...(wire.phase === "waiting" ? { c: "orange" } : {})}>
        {phases[wire.phase]} {wire.problem}
      </Text>
      {wire.delivered_at !== null && (
        <Text size="sm" c="dimmed">
          {wire.delivered === 1 ? "One event" : `${wire.delivered} events`} delivered since Portico
          was started, the last <Time at={wire.delivered_at} show="ago" />.
        </Text>
      )}
      {wire.refusal !== null && (
        <Text size="sm" c="red">
          The last delivery was refused: {wire.refusal}.
        </Text>
      )}
    </div>
  );
}
