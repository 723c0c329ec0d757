// The first half of connecting: which key to make, and the field it is pasted into.
import { Alert, Button, Group, PasswordInput, Text } from "@mantine/core";
import { IconExternalLink, IconShieldLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { errorAt } from "../../components/fields";
import { Section } from "../../components/Section";
import { useAction } from "../../components/useAction";
import { commands } from "../../ipc/bindings";
import { PermissionTable } from "./PermissionTable";
import { keyAdviceQuery } from "./queries";

/** `onChecked` gets the name of the held key; the page must then be loaded anew. */
export function KeyEntry({ onChecked }: { onChecked: (check: string) => void }) {
  const advice = useQuery(keyAdviceQuery).data;
  const field = useRef<HTMLInputElement>(null);
  const check = useAction({
    // The key is read from the field here and nowhere else, so that neither React nor the cache holds it.
    mutationFn: () => {
      const input = field.current;
      const key = input?.value.trim() ?? "";
      if (input) input.value = "";
      return commands.checkKey(key, null);
    },
    meta: {
      failureTitle: "The key could not be checked",
      asksStripe: true,
      fields: ["key"],
    },
    onSuccess: (found) => onChecked(found.check),
  });
  const openPage = useAction({
    mutationFn: (livemode: boolean) => commands.openKeyPage(livemode),
    meta: { failureTitle: "Stripe was not opened" },
  });

  function send(event: FormEvent) {
    event.preventDefault();
    check.run();
  }

  return (
    <>
      <Section title="Paste a key">
        <form onSubmit={send} noValidate>
          <Group align="flex-start" gap="xs">
            <PasswordInput
              ref={field}
              label="Stripe key"
              description="Starts with rk_ (recommended) or sk_. It is checked before anything is saved."
              placeholder="rk_live_…"
              w="28rem"
              maw="100%"
              autoComplete="off"
              spellCheck={false}
              error={errorAt(check.error, "key")}
              data-autofocus
            />
          </Group>
          <Button type="submit" mt="sm" loading={check.isPending}>
            Check the key
          </Button>
        </form>
        <Alert mt="md" color="gray" icon={<IconShieldLock size={18} />}>
          The key goes to the system's keychain and never comes back into this window. After the
          check this page loads anew, so that no copy of it stays behind.
        </Alert>
      </Section>
      <Section
        title="A key with only what is needed"
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconExternalLink size={14} />}
              onClick={() => openPage.run(true)}
            >
              Create a key in Stripe
            </Button>
            <Button variant="subtle" onClick={() => openPage.run(false)}>
              For test mode
            </Button>
          </>
        }
      >
        <Text size="sm" c="dimmed" mb="xs">
          A restricted key does less harm when it leaks. The link opens Stripe's form with these
          permissions filled in; if it does not, choose them by hand.
        </Text>
        {advice && <PermissionTable permissions={advice.permissions} checked={false} />}
      </Section>
    </>
  );
}
