// What the clients of each segment may do, as a table to be looked through, exported, and signed off.
import { Button, Group, NumberInput, Table, Text } from "@mantine/core";
import { IconCheck, IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Section } from "../../../components/Section";
import { Loading, NoneYet, Problem } from "../../../components/States";
import { calendarDate, count, date } from "../../../format";
import type { PortalMatrix, PortalPolicy } from "../../../ipc/bindings";
import { useExportMatrix, useReviewMatrix } from "../mutations";
import styles from "../Portal.module.css";
import { matrixQuery, policyQuery } from "../queries";

const QUARTER = 90;

export function MatrixTab({ workspace }: { workspace: string }) {
  const matrix = useQuery(matrixQuery(workspace));
  const policy = useQuery(policyQuery(workspace)).data;
  const exporting = useExportMatrix(workspace);
  return (
    <>
      <Section
        title="What clients may do"
        actions={
          <Button
            variant="default"
            leftSection={<IconDownload size={14} />}
            loading={exporting.isPending}
            onClick={() => exporting.run()}
          >
            Export CSV
          </Button>
        }
      >
        {matrix.isError && <Problem error={matrix.error} onRetry={() => void matrix.refetch()} />}
        {matrix.isPending && <Loading label="Reading what clients may do" lines={8} />}
        {matrix.data?.rows.length === 0 && <NoneYet>There are no clients yet.</NoneYet>}
        {matrix.data && matrix.data.rows.length > 0 && <Cells matrix={matrix.data} />}
      </Section>
      <Review workspace={workspace} policy={policy} />
    </>
  );
}

function Cells({ matrix: { features, rows } }: { matrix: PortalMatrix }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the page is scrolled by keys.
    <section className={styles["scroll"]} tabIndex={0} aria-label="What clients may do, as a table">
      <Table
        verticalSpacing={4}
        horizontalSpacing="xs"
        fz="sm"
        aria-label="Segments and what they may do"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Segment</Table.Th>
            <Table.Th>Portal settings</Table.Th>
            <Table.Th ta="end">Clients</Table.Th>
            {features.map((feature) => (
              <Table.Th key={feature}>{feature}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.segment} ${row.configuration} ${row.because}`}>
              <Table.Th scope="row" fw={500}>
                {row.segment_name}
              </Table.Th>
              <Table.Td>
                {row.configuration_name}
                <Text size="xs" c="dimmed">
                  {row.because}
                </Text>
              </Table.Td>
              <Table.Td ta="end">{count(row.clients)}</Table.Td>
              {features.map((feature, index) => (
                <Table.Td key={feature}>{row.cells[index]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Review({ workspace, policy }: { workspace: string; policy: PortalPolicy | undefined }) {
  const [days, setDays] = useState(QUARTER);
  const review = useReviewMatrix(workspace);
  return (
    <Section title="Review">
      <Text size="sm" mb="xs">
        {!policy?.reviewed_at
          ? "Not reviewed yet."
          : `Last reviewed on ${date(policy.reviewed_at)}${policy.reviewed_by ? ` by ${policy.reviewed_by}` : ""}.`}
        {policy?.review_due && ` To be reviewed again by ${calendarDate(policy.review_due)}.`}
      </Text>
      <Group gap="xs" align="flex-end">
        <NumberInput
          size="xs"
          w="14rem"
          label="Look again in how many days"
          min={1}
          max={3650}
          allowDecimal={false}
          allowNegative={false}
          value={days}
          onChange={(value) => typeof value === "number" && setDays(value)}
        />
        <Button
          leftSection={<IconCheck size={14} />}
          loading={review.isPending}
          onClick={() => review.run(days)}
        >
          Mark as reviewed
        </Button>
      </Group>
    </Section>
  );
}
