// This workspace's key: what it is, what it may do, replacing and removing it. Never the key itself.
import { Button, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useQuery } from "@tanstack/react-query";
import { Section } from "../../components/Section";
import { Problem } from "../../components/States";
import type { KeyState, SecretStoreKind } from "../../ipc/bindings";
import { useRemoveKey } from "./mutations";
import { PermissionTable } from "./PermissionTable";
import { keyReportQuery, keyStateQuery } from "./queries";

const places: Record<SecretStoreKind, string> = {
  keychain: "kept in the system's keychain",
  file: "kept in a file that a passphrase opens",
  memory: "kept in memory only",
};

interface Props {
  workspace: string;
  demo: boolean;
  onReplace: () => void;
}

export function KeySection({ workspace, demo, onReplace }: Props) {
  const state = useQuery(keyStateQuery(workspace)).data;
  const remove = useRemoveKey(workspace);

  const confirmRemoval = () =>
    modals.openConfirmModal({
      title: "Remove the key?",
      children: (
        <Text size="sm">
          It is deleted from this computer; in Stripe it goes on working until it is revoked there.
          What was read stays readable.
        </Text>
      ),
      labels: { confirm: "Remove the key", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.run(),
    });

  return (
    <Section
      title="Stripe key"
      actions={
        demo ? null : (
          <>
            <Button variant="default" onClick={onReplace}>
              {state?.state === "removed" ? "Enter a key" : "Replace"}
            </Button>
            {state && state.state !== "removed" && (
              <Button
                variant="subtle"
                color="red"
                loading={remove.isPending}
                onClick={confirmRemoval}
              >
                Remove
              </Button>
            )}
          </>
        )
      }
    >
      {state && <Text size="sm">{describe(state)}</Text>}
      {state?.state === "ready" && <Permissions workspace={workspace} last4={state.last4} />}
    </Section>
  );
}

function Permissions({ workspace, last4 }: { workspace: string; last4: string }) {
  const report = useQuery(keyReportQuery(workspace, last4));
  return (
    <>
      {report.isError && <Problem error={report.error} />}
      {report.data && <PermissionTable permissions={report.data.permissions} checked />}
      <Button
        mt="xs"
        variant="default"
        loading={report.isFetching}
        onClick={() => void report.refetch()}
      >
        {report.data ? "Check again" : "Check what it may do"}
      </Button>
    </>
  );
}

function describe(state: KeyState): string {
  switch (state.state) {
    case "ready":
      return `${state.restricted ? "Restricted" : "Secret"} key ending in ${state.last4}, ${places[state.store]}.`;
    case "refused":
      return `The key ending in ${state.last4} is refused by Stripe.`;
    case "removed":
      return "No key: it was removed on this computer.";
    case "keychain_absent":
      return "This computer has no keychain to read the key from.";
    case "keychain_locked":
      return "The keychain that holds the key is locked.";
    case "keychain_waiting":
      return "Waiting for the keychain's prompt.";
    case "keychain_lost":
      return "The keychain no longer has this workspace's key.";
    case "file_locked":
      return "The key file is locked; its passphrase opens it.";
  }
}
