// A relay's side of the live wire: the secret its deliveries are signed with, the port, the address to give it.
import { Button, Code, CopyButton, Group, NumberInput, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { errorAt } from "../../components/fields";
import type { LiveWireState } from "../../ipc/bindings";
import type { useSetLiveWire } from "./mutations";
import { WebhookSecretForm } from "./WebhookSecretForm";

interface Props {
  workspace: string;
  wire: LiveWireState;
  set: ReturnType<typeof useSetLiveWire>;
  onSecretSent: () => void;
}

export function RelayForm({ workspace, wire, set, onSecretSent }: Props) {
  const on = wire.kind === "relay";
  const [port, setPort] = useState<number | string>(wire.port);
  const missing = errorAt(set.error, "secret");

  function send(event: FormEvent) {
    event.preventDefault();
    set.run({ kind: "relay", port: typeof port === "number" ? port : null });
  }

  return (
    <Stack gap="sm" mt="sm" pl="lg">
      <WebhookSecretForm workspace={workspace} wire={wire} onSent={onSecretSent} />
      <form onSubmit={send} noValidate>
        <NumberInput
          label="Port"
          description="Listened on at 127.0.0.1, which no other computer reaches."
          w="20rem"
          maw="100%"
          min={1024}
          max={65535}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          value={port}
          onChange={setPort}
          error={errorAt(set.error, "port")}
        />
        {missing !== undefined && (
          <Text size="xs" c="red" mt={4} role="alert">
            {missing}
          </Text>
        )}
        {(!on || port !== wire.port) && (
          <Button type="submit" mt="sm" loading={set.isPending}>
            {on ? "Change the port" : "Switch on"}
          </Button>
        )}
      </form>
      {on && wire.address !== null && (
        <Group gap="xs">
          <Text size="sm">The relay delivers to</Text>
          <Code>{wire.address}</Code>
          <CopyAddress address={wire.address} />
        </Group>
      )}
    </Stack>
  );
}

function CopyAddress({ address }: { address: string }) {
  return (
    <CopyButton value={address}>
      {({ copied, copy }) => (
        <Button size="compact-xs" variant="default" onClick={copy} aria-live="polite">
          {copied ? "Copied" : "Copy the address"}
        </Button>
      )}
    </CopyButton>
  );
}
