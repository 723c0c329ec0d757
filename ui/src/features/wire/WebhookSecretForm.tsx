// The signing secret's way in: typed or pasted, sent once, never shown again.
import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { type FormEvent, type RefObject, useRef, useState } from "react";
import { errorAt } from "../../components/fields";
import type { LiveWireState } from "../../ipc/bindings";
import { useRemoveWebhookSecret, useSetWebhookSecret } from "./mutations";

interface Props {
  workspace: string;
  wire: LiveWireState;
  onSent: () => void;
}

type Asking = "nothing" | "store" | "remove";

export function WebhookSecretForm({ workspace, wire, onSent }: Props) {
  const [asked, setAsking] = useState<Asking>("nothing");
  // Without one there is nothing else to do.
  const asking = wire.secret_stored ? asked : "store";
  const secret = useRef<HTMLInputElement>(null);
  const passphrase = useRef<HTMLInputElement>(null);
  const set = useSetWebhookSecret(
    workspace,
    () => ({ secret: taken(secret).trim(), passphrase: taken(passphrase) || null }),
    () => {
      setAsking("nothing");
      onSent();
    },
  );
  const remove = useRemoveWebhookSecret(
    workspace,
    () => taken(passphrase) || null,
    () => setAsking("nothing"),
  );

  if (asking === "nothing") {
    return (
      <Group gap="xs">
        <Text size="sm">A signing secret is stored.</Text>
        <Button size="compact-xs" variant="default" onClick={() => setAsking("store")}>
          Replace the secret
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          color="red"
          loading={remove.isPending}
          onClick={() => (wire.passphrase_needed ? setAsking("remove") : remove.run())}
        >
          Remove the secret
        </Button>
      </Group>
    );
  }

  const removing = asking === "remove";
  const running = removing ? remove : set;

  function send(event: FormEvent) {
    event.preventDefault();
    running.run();
  }

  return (
    <form onSubmit={send} noValidate>
      <Stack gap="xs">
        {!removing && (
          <PasswordInput
            ref={secret}
            label="Signing secret"
            description="Stands with the webhook endpoint in the Dashboard. Starts with whsec_."
            placeholder="whsec_…"
            w="28rem"
            maw="100%"
            autoComplete="off"
            spellCheck={false}
            error={errorAt(set.error, "secret")}
          />
        )}
        {wire.passphrase_needed && (
          <PasswordInput
            ref={passphrase}
            label="Passphrase of the key file"
            description="The signing secret rests in the same file as the key."
            w="28rem"
            maw="100%"
            autoComplete="off"
            error={errorAt(running.error, "passphrase")}
          />
        )}
      </Stack>
      <Group gap="xs" mt="sm">
        <Button type="submit" variant="default" loading={running.isPending}>
          {removing ? "Remove the secret" : "Store the secret"}
        </Button>
        {wire.secret_stored && (
          <Button variant="subtle" onClick={() => setAsking("nothing")}>
            Cancel
          </Button>
        )}
      </Group>
    </form>
  );
}

/** What an input held; it holds it no more. */
function taken(field: RefObject<HTMLInputElement | null>): string {
  const input = field.current;
  const text = input?.value ?? "";
  if (input) input.value = "";
  return text;
}
