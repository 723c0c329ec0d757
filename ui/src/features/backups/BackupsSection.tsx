// The journal's copies, and whether its chain of entries is whole.
import { Alert, Button, ScrollArea, Table, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useQuery } from "@tanstack/react-query";
import { Section } from "../../components/Section";
import { Loading, NoneYet, Problem } from "../../components/States";
import { bytes, count, dateTime } from "../../format";
import type { Backup, Verification } from "../../ipc/bindings";
import { useMakeBackup, useRestoreBackup, useVerifyJournal } from "./mutations";
import { backupsQuery } from "./queries";

export function BackupsSection({ workspace }: { workspace: string }) {
  const backups = useQuery(backupsQuery(workspace));
  const make = useMakeBackup(workspace);
  const restore = useRestoreBackup(workspace);
  const verify = useVerifyJournal(workspace);

  const confirmRestore = (backup: Backup) =>
    modals.openConfirmModal({
      title: "Restore this backup?",
      children: (
        <Text size="sm">
          The journal becomes what it was on {dateTime(backup.at)}, with {count(backup.entries)}{" "}
          entries. The present one is kept: among the backups or, if it is damaged, beside it.
        </Text>
      ),
      labels: { confirm: "Restore", cancel: "Cancel" },
      onConfirm: () => restore.run(backup.name),
    });

  return (
    <Section
      title="Journal and backups"
      note="One a day by itself; 14 are kept"
      actions={
        <>
          <Button variant="default" loading={verify.isPending} onClick={() => verify.run()}>
            Check the journal
          </Button>
          <Button variant="default" loading={make.isPending} onClick={() => make.run()}>
            Back up now
          </Button>
        </>
      }
    >
      {verify.data && <Verified result={verify.data} />}
      {backups.isError && <Problem error={backups.error} onRetry={() => void backups.refetch()} />}
      {backups.isPending && <Loading label="Reading the backups" lines={3} />}
      {backups.data?.length === 0 && <NoneYet>No backups yet.</NoneYet>}
      {backups.data && backups.data.length > 0 && (
        <ScrollArea.Autosize mah="18rem">
          <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Made</Table.Th>
                <Table.Th ta="end">Entries</Table.Th>
                <Table.Th ta="end">Size</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {backups.data.map((backup) => (
                <Table.Tr key={backup.name}>
                  <Table.Td title={backup.name}>{dateTime(backup.at)}</Table.Td>
                  <Table.Td ta="end">{count(backup.entries)}</Table.Td>
                  <Table.Td ta="end">{bytes(backup.bytes ?? 0)}</Table.Td>
                  <Table.Td ta="end">
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      loading={restore.isPending && restore.variables === backup.name}
                      onClick={() => confirmRestore(backup)}
                    >
                      Restore
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </Section>
  );
}

function Verified({ result: { entries, erased, problem } }: { result: Verification }) {
  if (problem !== null) {
    return (
      <Alert color="red" mb="sm" title="The journal was changed">
        {problem}
      </Alert>
    );
  }
  return (
    <Alert color="teal" mb="sm">
      All {count(entries)} entries verify{erased > 0 && `, ${count(erased)} of them erased`}.
    </Alert>
  );
}
