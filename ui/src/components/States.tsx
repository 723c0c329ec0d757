// What a page shows when it has no rows to show: nothing yet, nothing found, still reading, or a failure.
import { Button, EmptyState, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconMoodEmpty, IconSearchOff, IconZoomExclamation } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { problem } from "../ipc/errors";
import { LinkButton } from "./links";

export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <EmptyState
      my="xl"
      icon={<IconMoodEmpty stroke={1.5} />}
      title={title}
      description={children}
      maw="28rem"
      mx="auto"
    >
      {action && <EmptyState.Actions>{action}</EmptyState.Actions>}
    </EmptyState>
  );
}

/** A search or filter that matched nothing, with the way back. */
export function ZeroResults({
  what,
  onReset,
  children,
}: {
  what: string;
  onReset: () => void;
  children?: ReactNode;
}) {
  return (
    <EmptyState
      my="xl"
      icon={<IconSearchOff stroke={1.5} />}
      title={`No ${what} match`}
      description={children ?? "Nothing fits the search and the filters together."}
      maw="28rem"
      mx="auto"
    >
      <EmptyState.Actions>
        <Button variant="default" onClick={onReset}>
          Clear search and filters
        </Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}

/** Lines of the size of what is coming, so that nothing jumps when it arrives. */
export function Loading({ label, lines = 6 }: { label: string; lines?: number }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike.
        <Skeleton key={line} height={14} width={`${92 - ((line * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}

/** A failed read, in the core's own words, with another try, and where a backup is restored. */
export function Problem({
  error,
  onRetry,
  workspace,
}: {
  error: unknown;
  onRetry?: () => void;
  /** Of which something was read. */
  workspace?: string;
}) {
  const { code, message } = problem(error);
  const restorable = code === "damaged" ? workspace : undefined;
  return (
    <EmptyState
      my="xl"
      role="alert"
      icon={<IconZoomExclamation stroke={1.5} />}
      title="This could not be read"
      description={message}
      maw="32rem"
      mx="auto"
    >
      {(onRetry || restorable) && (
        <EmptyState.Actions>
          {restorable && (
            <LinkButton to="/w/$workspace/settings" params={{ workspace: restorable }}>
              Restore a backup in Settings
            </LinkButton>
          )}
          {onRetry && (
            <Button variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
        </EmptyState.Actions>
      )}
    </EmptyState>
  );
}

/** A note in place of an empty section of a page. */
export function NoneYet({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <Group justify="space-between" py="xs">
      <Text size="sm" c="dimmed">
        {children}
      </Text>
      {action}
    </Group>
  );
}
