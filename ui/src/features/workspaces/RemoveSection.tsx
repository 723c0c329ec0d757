// Taking a workspace off this computer, with or without its journal.
import { Button, Modal, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { FormActions } from "../../components/FormActions";
import { errorAt, typed } from "../../components/fields";
import { Section } from "../../components/Section";
import type { WorkspaceSummary } from "../../ipc/bindings";
import { useRemoveWorkspace } from "./mutations";

interface Props {
  workspace: WorkspaceSummary;
  onRemoved: () => void;
}

export function RemoveSection({ workspace, onRemoved }: Props) {
  const [asking, setAsking] = useState(false);
  const remove = useRemoveWorkspace(workspace.id, onRemoved);

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    remove.run(typed(new FormData(event.currentTarget), "typed_name"));
  }

  return (
    <Section title="Remove this workspace">
      <Text size="sm" c="dimmed" mb="xs">
        Takes its key and its copy of Stripe off this computer. Nothing changes in Stripe.
      </Text>
      <Button variant="light" color="red" onClick={() => setAsking(true)}>
        Remove {workspace.name}…
      </Button>
      {asking && (
        <Modal
          opened
          onClose={() => setAsking(false)}
          title={`Remove ${workspace.name}?`}
          closeOnClickOutside={false}
        >
          <form onSubmit={send} noValidate>
            <Text size="sm">
              The key and the copy of Stripe are deleted. The journal, with your notes and who did
              what, stays in its folder unless you type the workspace's name.
            </Text>
            <TextInput
              mt="md"
              name="typed_name"
              label="Delete the journal too"
              description={`Type “${workspace.name}”, or leave it empty to keep the journal.`}
              autoComplete="off"
              error={errorAt(remove.error, "typed_name")}
            />
            <FormActions
              submit="Remove workspace"
              color="red"
              running={remove.isPending}
              onCancel={() => setAsking(false)}
            />
          </form>
        </Modal>
      )}
    </Section>
  );
}
