// Each kind of object that is mirrored: how much of it is here, since when, and what it lacks.
import { Anchor, Group, Table, Text } from "@mantine/core";
import { Section } from "../../components/Section";
import { NoneYet } from "../../components/States";
import { Time } from "../../components/Time";
import { count } from "../../format";
import type { ResourceHealth } from "../../ipc/bindings";
import { ResourceStateIcon, stateWords } from "./ResourceStateIcon";

interface Props {
  resources: ResourceHealth[];
  onSettings: () => void;
}

export function ResourcesSection({ resources, onSettings }: Props) {
  const lacking = resources.some(({ message }) => message !== null);
  return (
    <Section
      title="What is mirrored"
      actions={
        lacking && (
          <Anchor component="button" size="xs" onClick={onSettings}>
            What the key may do
          </Anchor>
        )
      }
    >
      {resources.length === 0 && <NoneYet>Nothing was read from Stripe yet.</NoneYet>}
      {resources.length > 0 && (
        <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm" aria-label="What is mirrored">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Kind</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="end">Rows</Table.Th>
              <Table.Th>Read whole</Table.Th>
              <Table.Th>Last change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {resources.map((each) => (
              <Table.Tr key={each.name}>
                <Table.Td>
                  {each.label}
                  {each.message && (
                    <Text size="xs" c="dimmed">
                      {each.message}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Group gap={6} wrap="nowrap">
                    <span aria-hidden style={{ display: "flex" }}>
                      <ResourceStateIcon state={each.state} />
                    </span>
                    {stateWords[each.state]}
                  </Group>
                </Table.Td>
                <Table.Td ta="end">{count(each.rows)}</Table.Td>
                <Table.Td>
                  <Moment at={each.listed_at} />
                </Table.Td>
                <Table.Td>
                  <Moment at={each.changed_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}

function Moment({ at }: { at: string | null }) {
  if (at) return <Time at={at} show="ago" />;
  return (
    <Text span inherit c="dimmed">
      not yet
    </Text>
  );
}
