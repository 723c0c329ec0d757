// Why Stripe cannot be asked now, for each state of a key its own sentence and way on; local data stays below.
import { Alert, Button, Group, Loader, PasswordInput, Text } from "@mantine/core";
import { IconKey, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { errorAt, typed } from "../../components/fields";
import type { KeyState } from "../../ipc/bindings";
import { workspaceQuery } from "../../ipc/desk";
import styles from "./KeyBanner.module.css";
import { useCancelKeyPrompt, useRetryKey, useUnlockKeyFile } from "./mutations";
import { keyStateQuery } from "./queries";

interface Props {
  workspace: string;
  /** Where a key is typed in. */
  onReplace: () => void;
}

export function KeyBanner({ workspace, onReplace }: Props) {
  const state = useQuery(keyStateQuery(workspace)).data;
  const demo = useQuery(workspaceQuery(workspace)).data?.demo;
  if (!state || state.state === "ready") return null;
  if (demo) {
    return (
      <Banner color="gray" title="The sample agency is at work in another Portico" action={null}>
        Its simulated Stripe runs there, and cannot be asked from here. What was read of it is
        shown; close the other Portico and start this one again to work with it.
      </Banner>
    );
  }
  return <Trouble workspace={workspace} state={state} onReplace={onReplace} />;
}

type Trouble = Exclude<KeyState, { state: "ready" }>;

function Trouble({ workspace, state, onReplace }: Props & { state: Trouble }) {
  const replace = (
    <Button variant="default" onClick={onReplace}>
      Enter a key
    </Button>
  );
  switch (state.state) {
    case "refused":
      return (
        <Banner
          color="red"
          title={`Stripe refuses the key ending in ${state.last4}`}
          action={replace}
        >
          {state.message} It may have been rolled, have expired, or be limited to other addresses.
          What was read before stays readable.
        </Banner>
      );
    case "removed":
      return (
        <Banner color="gray" title="This workspace has no key" action={replace}>
          It was removed on this computer. Everything read before stays readable; nothing new is
          read and no links can be made until a key is entered.
        </Banner>
      );
    case "keychain_absent":
      return (
        <Banner
          color="yellow"
          title="This computer has no keychain"
          action={
            <>
              <AskAgain workspace={workspace} label="Ask again" />
              {replace}
            </>
          }
        >
          {state.message} Start a secret service such as GNOME Keyring or KWallet and ask again, or
          enter the key once more and keep it in a file protected by a passphrase.
        </Banner>
      );
    case "keychain_locked":
      return (
        <Banner
          color="yellow"
          title="The keychain is locked"
          action={<AskAgain workspace={workspace} label="Unlock" />}
        >
          The key rests in the system's keychain, which must be unlocked before Stripe can be asked.
          The system will ask for its password. Local data stays readable.
        </Banner>
      );
    case "keychain_waiting":
      return <Waiting workspace={workspace} />;
    case "keychain_lost":
      return (
        <Banner
          color="red"
          title="The keychain no longer has this workspace's key"
          action={
            <>
              <AskAgain workspace={workspace} label="Ask again" />
              {replace}
            </>
          }
        >
          The keychain answers, but the entry is gone: it was deleted, or another keychain is in
          use. Stripe shows a live key only once, so you may have to make a new one.
        </Banner>
      );
    case "file_locked":
      return <FileLocked workspace={workspace} replace={replace} />;
  }
}

function Banner({
  color,
  title,
  action,
  icon = <IconKey size={18} />,
  children,
}: {
  color: string;
  title: string;
  action: ReactNode;
  icon?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Alert
      className={styles["banner"] ?? ""}
      color={color}
      radius={0}
      icon={icon}
      title={title}
      role="region"
      aria-label={title}
    >
      <Group justify="space-between" gap="md">
        <Text size="sm" flex="1 1 22rem" maw="52rem">
          {children}
        </Text>
        <Group gap="xs">{action}</Group>
      </Group>
    </Alert>
  );
}

function AskAgain({ workspace, label }: { workspace: string; label: string }) {
  const retry = useRetryKey(workspace);
  return (
    <Button loading={retry.isPending} onClick={() => retry.run()}>
      {label}
    </Button>
  );
}

function Waiting({ workspace }: { workspace: string }) {
  const cancel = useCancelKeyPrompt(workspace);
  return (
    <Banner
      color="blue"
      title="Waiting for the keychain"
      icon={<Loader size={18} />}
      action={
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.run()}>
          Stop waiting
        </Button>
      }
    >
      The system asks for the keychain's password in a window of its own, perhaps behind this one.
      Local data stays readable meanwhile.
    </Banner>
  );
}

function FileLocked({ workspace, replace }: { workspace: string; replace: ReactNode }) {
  const unlock = useUnlockKeyFile(workspace);

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const passphrase = typed(new FormData(event.currentTarget), "passphrase");
    if (passphrase) unlock.run(passphrase);
  }

  return (
    <Banner
      color="yellow"
      title="The key file is locked"
      icon={<IconLock size={18} />}
      action={
        <form onSubmit={send}>
          <Group gap="xs" align="flex-start">
            <PasswordInput
              name="passphrase"
              size="xs"
              w="14rem"
              aria-label="Passphrase of the key file"
              placeholder="Passphrase"
              autoComplete="off"
              error={errorAt(unlock.error, "passphrase")}
            />
            <Button type="submit" loading={unlock.isPending}>
              Unlock
            </Button>
            {replace}
          </Group>
        </form>
      }
    >
      The key of this workspace is kept in a file that its passphrase opens, once per start. Local
      data stays readable without it.
    </Banner>
  );
}
