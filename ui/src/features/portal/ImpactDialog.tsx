// Before settings or rules are saved: for whom what changes, and who has already scheduled a cancellation.
import { Alert, Button, Group, Modal, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Loading, Problem } from "../../components/States";
import { type Column, VirtualTable } from "../../components/VirtualTable";
import type { ImpactRow, PortalImpact } from "../../ipc/bindings";
import styles from "./Portal.module.css";

const list = (sentences: readonly string[]) => {
  const words = sentences.join(" ");
  return <span title={words}>{words}</span>;
};

const columns: Column<ImpactRow>[] = [
  {
    key: "name",
    title: "Client",
    width: "minmax(8rem, 1fr)",
    cell: ({ name, cancelling }) => (
      <span title={name}>
        {name}
        {cancelling && <span className={styles["warn"]}> · is cancelling</span>}
      </span>
    ),
  },
  {
    key: "settings",
    title: "Settings",
    width: "minmax(9rem, 1fr)",
    cell: ({ from, to }) => list([from === to ? to : `${from} → ${to}`]),
  },
  {
    key: "gains",
    title: "May from then on",
    width: "minmax(9rem, 1.2fr)",
    cell: ({ gains }) => list(gains),
  },
  {
    key: "loses",
    title: "May no longer",
    width: "minmax(9rem, 1.2fr)",
    cell: ({ loses }) => list(loses),
  },
];

interface Props {
  title: string;
  impact: UseQueryResult<PortalImpact>;
  running: boolean;
  onSave: () => void;
  onClose: () => void;
}

export function ImpactDialog({ title, impact, running, onSave, onClose }: Props) {
  return (
    <Modal
      opened
      onClose={() => !running && onClose()}
      title={title}
      size="72rem"
      closeOnClickOutside={false}
    >
      {impact.isError && <Problem error={impact.error} onRetry={() => void impact.refetch()} />}
      {impact.isPending && <Loading label="Looking for whom it changes" lines={6} />}
      {impact.data && (
        <>
          {impact.data.cancelling > 0 ? (
            <Alert color="yellow">{impact.data.summary}</Alert>
          ) : (
            <Text size="sm">{impact.data.summary}</Text>
          )}
          {impact.data.rows.length > 0 && <Rows impact={impact.data} />}
        </>
      )}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" disabled={running} onClick={onClose}>
          Back
        </Button>
        <Button loading={running} disabled={!impact.data} onClick={onSave}>
          Save
        </Button>
      </Group>
    </Modal>
  );
}

function Rows({ impact: { clients, rows } }: { impact: PortalImpact }) {
  return (
    <>
      <div className={styles["impact"]}>
        <VirtualTable
          label="Clients that change"
          columns={columns}
          count={rows.length}
          row={(index) => rows[index]}
          rowId={({ client }) => client}
          rowLabel={({ name }) => name}
          minWidth="46rem"
        />
      </div>
      {clients > rows.length && (
        <Text size="xs" c="dimmed" mt={4}>
          The first {rows.length} by name.
        </Text>
      )}
    </>
  );
}
