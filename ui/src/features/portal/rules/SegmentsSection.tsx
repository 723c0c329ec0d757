// The kinds of clients that rules are made for.
import { ActionIcon, Button, Group, Modal, Table, Text, Textarea, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { FormActions } from "../../../components/FormActions";
import { errorAt, typed } from "../../../components/fields";
import { Section } from "../../../components/Section";
import { NoneYet } from "../../../components/States";
import { count } from "../../../format";
import type { Segment } from "../../../ipc/bindings";
import { useRemoveSegment, useSaveSegment } from "../mutations";

interface Props {
  workspace: string;
  segments: readonly Segment[];
}

export function SegmentsSection({ workspace, segments }: Props) {
  const [open, setOpen] = useState<Segment | "new" | null>(null);
  const remove = useRemoveSegment(workspace);

  const confirmRemoval = ({ id, name, clients }: Segment) =>
    modals.openConfirmModal({
      title: `Remove the segment ${name}?`,
      children: (
        <Text size="sm">
          {clients === 0
            ? "No client is in it."
            : `${clients === 1 ? "1 client is" : `${count(clients)} clients are`} in no segment then.`}
        </Text>
      ),
      labels: { confirm: "Remove", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.run(id),
    });

  return (
    <Section
      title="Segments"
      note="A client is put into one on its page"
      actions={
        <Button size="compact-xs" variant="subtle" onClick={() => setOpen("new")}>
          Add segment
        </Button>
      }
    >
      {segments.length === 0 && <NoneYet>None yet: B2B, B2C and enterprise, for instance.</NoneYet>}
      {segments.length > 0 && (
        <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm" aria-label="Segments">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Segment</Table.Th>
              <Table.Th ta="end">Clients</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {segments.map((segment) => (
              <Table.Tr key={segment.id}>
                <Table.Td>
                  {segment.name}
                  {segment.description && (
                    <Text size="xs" c="dimmed">
                      {segment.description}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="end">{count(segment.clients)}</Table.Td>
                <Table.Td>
                  <Group gap={2} justify="flex-end" wrap="nowrap">
                    <ActionIcon
                      aria-label={`Edit the segment ${segment.name}`}
                      onClick={() => setOpen(segment)}
                    >
                      <IconPencil size={15} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={`Remove the segment ${segment.name}`}
                      onClick={() => confirmRemoval(segment)}
                    >
                      <IconTrash size={15} />
                    </ActionIcon>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {open !== null && (
        <SegmentForm
          workspace={workspace}
          segment={open === "new" ? null : open}
          onClose={() => setOpen(null)}
        />
      )}
    </Section>
  );
}

interface FormProps {
  workspace: string;
  segment: Segment | null;
  onClose: () => void;
}

function SegmentForm({ workspace, segment, onClose }: FormProps) {
  const save = useSaveSegment(workspace, segment?.id ?? null, onClose);

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.run({ name: typed(form, "name") ?? "", description: typed(form, "description") });
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={segment ? `Edit ${segment.name}` : "New segment"}
      closeOnClickOutside={false}
    >
      <form onSubmit={send} noValidate>
        <TextInput
          name="name"
          label="Name"
          defaultValue={segment?.name ?? ""}
          error={errorAt(save.error, "name")}
          data-autofocus
        />
        <Textarea
          name="description"
          label="Description"
          mt="sm"
          autosize
          minRows={2}
          defaultValue={segment?.description ?? ""}
          error={errorAt(save.error, "description")}
        />
        <FormActions submit="Save" running={save.isPending} onCancel={onClose} />
      </form>
    </Modal>
  );
}
