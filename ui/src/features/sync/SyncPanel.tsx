// The progress of a reading of everything, at the foot of the navigation, until it is complete.
import { Group, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { count } from "../../format";
import type { ResourceProgress, SyncPhase } from "../../ipc/bindings";
import { syncStatusQuery } from "./queries";
import { ReadingControls } from "./ReadingControls";
import { ResourceStateIcon } from "./ResourceStateIcon";
import styles from "./SyncPanel.module.css";

const titles: Record<Exclude<SyncPhase, "complete">, string> = {
  never: "Not read from Stripe yet",
  running: "Reading from Stripe…",
  running_elsewhere: "Another window is reading…",
  unfinished: "Reading is unfinished",
};

export function SyncPanel({ workspace }: { workspace: string }) {
  const status = useQuery(syncStatusQuery(workspace)).data;
  if (!status || status.phase === "complete") return null;
  const { phase } = status;

  return (
    <section className={styles["panel"]} aria-label="Sync with Stripe">
      <Group gap={6} wrap="nowrap" role="status">
        {phase.startsWith("running") && <Loader size={12} />}
        <Text size="xs" fw={500}>
          {titles[phase]}
        </Text>
      </Group>
      {phase !== "never" && <Resources resources={status.resources} />}
      {status.problem && (
        <Text size="xs" c="red" mt={4}>
          {status.problem}
        </Text>
      )}
      <Group gap={6} mt={6}>
        <ReadingControls workspace={workspace} phase={phase} />
      </Group>
    </section>
  );
}

function Resources({ resources }: { resources: ResourceProgress[] }) {
  return (
    <ul className={styles["resources"]}>
      {resources.map((resource) => (
        <li
          key={resource.name}
          className={styles["resource"]}
          title={resource.message ?? undefined}
        >
          <ResourceStateIcon state={resource.state} />
          {resource.label}
          <span className={styles["rows"]}>{count(resource.rows)}</span>
        </li>
      ))}
    </ul>
  );
}
