// What the stream of Stripe's events did not cover, and what it brought that nothing here mirrors.
import { List, Table, Text } from "@mantine/core";
import { Section } from "../../components/Section";
import { NoneYet } from "../../components/States";
import { Time } from "../../components/Time";
import { count, dateTime } from "../../format";
import type { Gap, UnknownEvents } from "../../ipc/bindings";

export function EventsSections({ gaps, unknown }: { gaps: Gap[]; unknown: UnknownEvents[] }) {
  return (
    <>
      <Section title="Gaps" note="Times that Stripe's events did not cover">
        {gaps.length === 0 && <NoneYet>None: every event was seen.</NoneYet>}
        <List size="sm" spacing={6} listStyleType="none">
          {gaps.map((gap) => (
            <List.Item key={gap.from}>
              {gap.words}
              <Text size="xs" c="dimmed">
                {dateTime(gap.from)} to {dateTime(gap.to)} ·{" "}
                {gap.closed_at ? (
                  <>
                    closed by a comparison on <Time at={gap.closed_at} show="exact" />
                  </>
                ) : (
                  "still open: a comparison with Stripe closes it"
                )}
              </Text>
            </List.Item>
          ))}
        </List>
      </Section>
      {unknown.length > 0 && (
        <Section title="Events without use here" note="Nothing that Portico shows depends on them">
          <details>
            <summary style={{ fontSize: "var(--mantine-font-size-sm)" }}>
              {unknown.length === 1 ? "1 type" : `${count(unknown.length)} types`}, counted only
            </summary>
            <Table
              mt={6}
              verticalSpacing={4}
              horizontalSpacing="xs"
              fz="sm"
              aria-label="Events without use here"
            >
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Type</Table.Th>
                  <Table.Th ta="end">Times</Table.Th>
                  <Table.Th>Last</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {unknown.map((each) => (
                  <Table.Tr key={each.event}>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>{each.event}</Table.Td>
                    <Table.Td ta="end">{count(each.count)}</Table.Td>
                    <Table.Td>
                      <Time at={each.last_at} show="ago" />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </details>
        </Section>
      )}
    </>
  );
}
