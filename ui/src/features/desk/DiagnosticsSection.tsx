// What to send along with a bug report, and where this computer keeps Portico's files.
import { Button, DataList, Group } from "@mantine/core";
import { IconCopy, IconFolder } from "@tabler/icons-react";
import { copyText } from "../../components/copy";
import { Section } from "../../components/Section";
import { useAction } from "../../components/useAction";
import { commands, type Desk } from "../../ipc/bindings";

export function DiagnosticsSection({ desk }: { desk: Desk }) {
  const copy = useAction({
    mutationFn: () => commands.diagnostics(),
    meta: { failureTitle: "The diagnostics were not gathered" },
    onSuccess: (text) => copyText(text, "Diagnostics"),
  });
  const openLog = useAction({
    mutationFn: () => commands.openLogFolder(),
    meta: { failureTitle: "The log folder was not opened" },
  });
  return (
    <Section title="About this computer">
      <DataList labelWidth="9rem" gap={6}>
        <DataList.Item>
          <DataList.ItemLabel>Version</DataList.ItemLabel>
          <DataList.ItemValue>
            {desk.version} on {desk.platform}
          </DataList.ItemValue>
        </DataList.Item>
        <DataList.Item>
          <DataList.ItemLabel>Data folder</DataList.ItemLabel>
          <DataList.ItemValue>{desk.data_folder}</DataList.ItemValue>
        </DataList.Item>
      </DataList>
      <Group gap="xs" mt="sm">
        <Button
          variant="default"
          leftSection={<IconCopy size={14} />}
          loading={copy.isPending}
          onClick={() => copy.run()}
        >
          Copy diagnostics
        </Button>
        <Button
          variant="default"
          leftSection={<IconFolder size={14} />}
          loading={openLog.isPending}
          onClick={() => openLog.run()}
        >
          Open the log folder
        </Button>
      </Group>
    </Section>
  );
}
