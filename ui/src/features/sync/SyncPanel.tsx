// The state of the local copy, at the foot of the navigation: progress while it fills, its age afterwards.
import { Button, Group, Loader, Text } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconLock,
  IconRefresh,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Time } from "../../components/Time";
import { count } from "../../format";
import type { ResourceProgress, SyncPhase, SyncStatus } from "../../ipc/bindings";
import { useCancelSync, useResumeSync } from "./mutations";
import { syncStatusQuery } from "./queries";
import { SyncNowDialog } from "./SyncNowDialog";
import styles from "./SyncPanel.module.css";

const titles: Record<SyncPhase, string> = {
  never: "Not read from Stripe yet",
  running: "Reading from Stripe…",
  running_elsewhere: "Another window is reading…",
  unfinished: "Reading is unfinished",
  complete: "Read from Stripe",
};

export function SyncPanel({ workspace }: { workspace: string }) {
  const status = useQuery(syncStatusQuery(workspace)).data;
  const [asking, setAsking] = useState(false);
  const resume = useResumeSync(workspace);
  const cancel = useCancelSync(workspace);
  if (!status) return null;
  const { phase } = status;
  const running = phase === "running" || phase === "running_elsewhere";
  const detailed = running || phase === "unfinished";

  return (
    <section className={styles["panel"]} aria-label="Sync with Stripe">
      <Group gap={6} wrap="nowrap" role="status">
        {running && <Loader size={12} />}
        <Text size="xs" fw={500}>
          {titles[phase]} {phase === "complete" && <Age status={status} />}
        </Text>
      </Group>
      {detailed && <Resources resources={status.resources} />}
      {!detailed && <Lacking resources={status.resources} />}
      {status.problem && (
        <Text size="xs" c="red" mt={4}>
          {status.problem}
        </Text>
      )}
      <Group gap={6} mt={6}>
        {phase === "running" && (
          <Button
            size="compact-xs"
            variant="default"
            loading={cancel.isPending}
            onClick={() => cancel.run()}
          >
            Stop
          </Button>
        )}
        {phase === "unfinished" && (
          <Button size="compact-xs" loading={resume.isPending} onClick={() => resume.run()}>
            Resume
          </Button>
        )}
        {(phase === "complete" || phase === "never") && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconRefresh size={12} />}
            onClick={() => setAsking(true)}
          >
            Sync now
          </Button>
        )}
      </Group>
      {asking && <SyncNowDialog workspace={workspace} onClose={() => setAsking(false)} />}
    </section>
  );
}

function Age({ status }: { status: SyncStatus }) {
  return status.completed_at ? <Time at={status.completed_at} show="ago" /> : null;
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
          <StateIcon resource={resource} />
          {resource.label}
          <span className={styles["rows"]}>{count(resource.rows)}</span>
        </li>
      ))}
    </ul>
  );
}

/** After a complete reading only what it could not read is worth a line. */
function Lacking({ resources }: { resources: ResourceProgress[] }) {
  return resources
    .filter(({ message }) => message)
    .map(({ name, label, message }) => (
      <Text key={name} size="xs" c="dimmed" mt={4}>
        {label}: {message}
      </Text>
    ));
}

function StateIcon({ resource: { state } }: { resource: ResourceProgress }) {
  switch (state) {
    case "waiting":
      return <IconCircleDashed size={14} aria-label="Waiting" opacity={0.5} />;
    case "reading":
      return <Loader size={12} mx={1} aria-label="Reading" />;
    case "done":
      return <IconCheck size={14} aria-label="Done" color="var(--mantine-color-teal-6)" />;
    case "not_permitted":
      return <IconLock size={14} aria-label="Not permitted" opacity={0.6} />;
    case "failed":
      return <IconAlertTriangle size={14} aria-label="Failed" color="var(--mantine-color-red-6)" />;
  }
}
