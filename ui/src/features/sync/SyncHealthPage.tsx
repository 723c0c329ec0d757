// Whether the local copy is what Stripe has, what that costs, what stands in the way, and what to do about it.
import { Button, List, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Page } from "../../components/Page";
import { Section } from "../../components/Section";
import { Loading, NoneYet, Problem } from "../../components/States";
import { Time } from "../../components/Time";
import { count } from "../../format";
import type { Freshness, SyncProblem } from "../../ipc/bindings";
import { AllowanceSection } from "./AllowanceSection";
import { ComparisonsSection } from "./ComparisonsSection";
import { EventsSections } from "./EventsSections";
import { FreshnessMark } from "./FreshnessMark";
import { useCheckNow } from "./mutations";
import { ParkedSection } from "./ParkedSection";
import { PollingWords } from "./PollingWords";
import { syncHealthQuery } from "./queries";
import { RebuildSection } from "./RebuildSection";
import { ResourcesSection } from "./ResourcesSection";

interface Props {
  workspace: string;
  onOpenClient: (client: string) => void;
  /** Settings show what the key may do. */
  onSettings: () => void;
}

export function SyncHealthPage({ workspace, onOpenClient, onSettings }: Props) {
  const health = useQuery(syncHealthQuery(workspace));
  const check = useCheckNow(workspace);
  return (
    <Page
      title="Sync health"
      width="62rem"
      actions={
        <Button
          leftSection={<IconRefresh size={14} />}
          loading={check.isPending}
          onClick={() => check.run()}
        >
          Check now
        </Button>
      }
    >
      <Section title="Now">
        <FreshnessMark workspace={workspace} />
        {health.data && (
          <PollingWords
            polling={health.data.polling}
            stopped={health.data.freshness.level === "stopped"}
          />
        )}
      </Section>
      {health.isError && <Problem error={health.error} onRetry={() => void health.refetch()} />}
      {health.isPending && <Loading label="Reading the sync health" lines={12} />}
      {health.data && (
        <>
          {health.data.parked.length > 0 && (
            <ParkedSection
              workspace={workspace}
              parked={health.data.parked}
              onOpenClient={onOpenClient}
            />
          )}
          <ProblemsSection problems={health.data.problems} freshness={health.data.freshness} />
          <AllowanceSection allowance={health.data.allowance} />
          <ResourcesSection resources={health.data.resources} onSettings={onSettings} />
          <ComparisonsSection workspace={workspace} comparisons={health.data.comparisons} />
          <EventsSections gaps={health.data.gaps} unknown={health.data.unknown_events} />
          <RebuildSection workspace={workspace} />
        </>
      )}
    </Page>
  );
}

function ProblemsSection({
  problems,
  freshness: { level, words },
}: {
  problems: SyncProblem[];
  freshness: Freshness;
}) {
  return (
    <Section title="Last problems">
      {problems.length === 0 && (
        <NoneYet>{level === "stopped" ? words : "Nothing has gone wrong."}</NoneYet>
      )}
      <List size="sm" spacing={6} listStyleType="none">
        {problems.map((each) => (
          <List.Item key={`${each.at} ${each.words}`}>
            {each.words}
            <Text size="xs" c="dimmed">
              <Time at={each.at} show="exact" />
              {each.times > 1 && ` · ${count(each.times)} times`}
            </Text>
          </List.Item>
        ))}
      </List>
    </Section>
  );
}
