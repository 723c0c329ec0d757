// What happened with a client, newest first, as far back as one asks.
import { Button, Text, Timeline } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Section } from "../../components/Section";
import { Loading, NoneYet, Problem } from "../../components/States";
import { Time } from "../../components/Time";
import type { Tone } from "../../ipc/bindings";
import { timelineQuery } from "./queries";

const colors: Record<Tone, string> = {
  good: "teal",
  info: "blue",
  warn: "yellow",
  bad: "red",
  neutral: "gray",
};

export function TimelineSection({ workspace, client }: { workspace: string; client: string }) {
  const timeline = useInfiniteQuery(timelineQuery(workspace, client));
  const entries = timeline.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Section title="Timeline">
      {timeline.isPending && <Loading label="Reading the timeline" lines={4} />}
      {timeline.isError && (
        <Problem error={timeline.error} onRetry={() => void timeline.refetch()} />
      )}
      {timeline.isSuccess && entries.length === 0 && <NoneYet>Nothing has happened yet.</NoneYet>}
      <Timeline bulletSize={10} lineWidth={1} active={entries.length}>
        {entries.map((entry) => (
          <Timeline.Item key={entry.id} color={colors[entry.tone]}>
            <Text size="sm">{entry.text}</Text>
            <Text size="xs" c="dimmed">
              {entry.actor} · <Time at={entry.at} show="exact" />
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
      {timeline.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          Show older
        </Button>
      )}
    </Section>
  );
}
