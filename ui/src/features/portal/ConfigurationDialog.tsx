// Before Portico's portal configuration is made in Stripe: what it allows, and that its login page is public.
import { Alert, Button, Group, List, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconWorld } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Loading, Problem } from "../../components/States";
import { useAction } from "../../components/useAction";
import { commands } from "../../ipc/bindings";
import { portalConfigurationQuery } from "./queries";

const DIALOG = "portal-configuration";

/** Asks for consent; `then` runs once the configuration exists. */
export function askForConfiguration(workspace: string, then: () => void) {
  modals.open({
    modalId: DIALOG,
    title: "Set up the client portal",
    size: "lg",
    closeOnClickOutside: false,
    children: <ConfigurationDialog workspace={workspace} onMade={then} />,
  });
}

function ConfigurationDialog({ workspace, onMade }: { workspace: string; onMade: () => void }) {
  const configuration = useQuery(portalConfigurationQuery(workspace));
  const close = () => modals.close(DIALOG);
  const create = useAction({
    mutationFn: () => commands.createPortalConfiguration(workspace),
    meta: { failureTitle: "The portal was not set up", asksStripe: true },
    onSuccess: () => {
      close();
      onMade();
    },
  });

  if (configuration.isError) {
    return <Problem error={configuration.error} onRetry={() => void configuration.refetch()} />;
  }
  if (!configuration.data) return <Loading label="Reading what the portal allows" lines={4} />;
  return (
    <>
      <Text size="sm">
        Stripe needs settings before it shows its portal to clients. Portico makes its own, once per
        workspace, and leaves yours alone. With them, clients may:
      </Text>
      <List size="sm" spacing={4} my="sm">
        {configuration.data.allows.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
      <Alert icon={<IconWorld size={18} />} color="yellow" title="The login page is public">
        Anybody who has its address can open it. To get in, one must receive a code at an email
        address that a customer of yours has in Stripe.
      </Alert>
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={close}>
          Not now
        </Button>
        <Button loading={create.isPending} onClick={() => create.run()} autoFocus>
          Set up and continue
        </Button>
      </Group>
    </>
  );
}
