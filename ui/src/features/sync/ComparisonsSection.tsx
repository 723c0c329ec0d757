// Comparisons of the local copy with Stripe: what they found, and asking for one of everything.
import { Button, Loader, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Section } from "../../components/Section";
import { NoneYet } from "../../components/States";
import { Time } from "../../components/Time";
import { count } from "../../format";
import type { Comparison, ComparisonKind } from "../../ipc/bindings";
import { CostDialog } from "./CostDialog";
import { useCompareNow } from "./mutations";
import { syncStatusQuery } from "./queries";
import { ReadingControls } from "./ReadingControls";

const kinds: Record<ComparisonKind, string> = {
  nightly: "At night: customers, subscriptions, open invoices",
  full: "Everything",
};

interface Props {
  workspace: string;
  comparisons: Comparison[];
}

export function ComparisonsSection({ workspace, comparisons }: Props) {
  const phase = useQuery(syncStatusQuery(workspace)).data?.phase;
  const [asking, setAsking] = useState(false);
  const compare = useCompareNow(workspace, () => setAsking(false));
  const running = phase === "running" || phase === "running_elsewhere";
  return (
    <Section
      title="Comparisons with Stripe"
      note="A smaller one each night by itself"
      actions={
        phase === "complete" ? (
          <Button variant="default" onClick={() => setAsking(true)}>
            Compare everything with Stripe
          </Button>
        ) : (
          phase && <ReadingControls workspace={workspace} phase={phase} />
        )
      }
    >
      {comparisons.length === 0 && <NoneYet>None yet.</NoneYet>}
      {comparisons.length > 0 && (
        <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm" aria-label="Comparisons">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Begun</Table.Th>
              <Table.Th>What it found</Table.Th>
              <Table.Th ta="end">New</Table.Th>
              <Table.Th ta="end">Changed</Table.Th>
              <Table.Th ta="end">Gone</Table.Th>
              <Table.Th ta="end">Requests</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {comparisons.map((each, index) => (
              <Table.Tr key={each.started_at}>
                <Table.Td>
                  <Time at={each.started_at} show="ago" />
                </Table.Td>
                <Table.Td>
                  {each.ended_at === null && index === 0 && running && (
                    <Loader size={12} me={6} aria-label="Running" />
                  )}
                  {each.words}
                  <Text size="xs" c="dimmed">
                    {kinds[each.kind]}
                  </Text>
                </Table.Td>
                <Table.Td ta="end">{count(each.added)}</Table.Td>
                <Table.Td ta="end">{count(each.changed)}</Table.Td>
                <Table.Td ta="end">{count(each.gone)}</Table.Td>
                <Table.Td ta="end">{count(each.requests)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {asking && (
        <CostDialog
          workspace={workspace}
          title="Compare everything with Stripe"
          submit="Compare everything"
          running={compare.isPending}
          onSubmit={() => compare.run()}
          onClose={() => setAsking(false)}
        >
          What differs is put right here and counted; nothing changes in Stripe. To see one client's
          latest state, "Refresh this client" on its page costs only a few requests.
        </CostDialog>
      )}
    </Section>
  );
}
