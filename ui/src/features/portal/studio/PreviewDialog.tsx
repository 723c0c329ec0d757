// Seeing the portal as a client would with these settings: whose, found by typing.
import { Button, Group, Modal, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { PortalConfigurationRow } from "../../../ipc/bindings";
import { findClientsQuery } from "../queries";

interface Props {
  workspace: string;
  configuration: PortalConfigurationRow;
  onPreview: (client: string) => void;
  onClose: () => void;
}

export function PreviewDialog({ workspace, configuration, onPreview, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [client, setClient] = useState<string | null>(null);
  const [search] = useDebouncedValue(typed, 150);
  const found = useQuery(findClientsQuery(workspace, search)).data?.rows ?? [];

  function send(event: FormEvent) {
    event.preventDefault();
    if (client !== null) onPreview(client);
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={`See the portal with ${configuration.label}`}
      closeOnClickOutside={false}
    >
      <form onSubmit={send}>
        <Select
          label="As which client"
          placeholder="Name or email"
          searchable
          // What matches is the core's to say.
          filter={({ options }) => options}
          nothingFoundMessage="No client is called so"
          data={found.map(({ id, name, emails }) => ({
            value: id,
            label: [name, emails[0]].filter(Boolean).join(" · "),
          }))}
          searchValue={typed}
          onSearchChange={setTyped}
          value={client}
          onChange={setClient}
          data-autofocus
        />
        <Text size="xs" c="dimmed" mt="xs">
          It is the client's real portal: what you change there is changed.
        </Text>
        <Group justify="flex-end" gap="xs" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={client === null}>
            Preview
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
