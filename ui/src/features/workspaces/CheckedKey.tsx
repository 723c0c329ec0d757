// The second half of connecting: whose key it is, what it may do, and how the workspace is to be called.
import { Alert, Button, Checkbox, DataList, Group, List, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconAlertTriangle, IconFlask, IconWorld } from "@tabler/icons-react";
import type { FormEvent } from "react";
import { errorAt, typed } from "../../components/fields";
import { Section } from "../../components/Section";
import { useAction } from "../../components/useAction";
import { count, dateTime } from "../../format";
import { commands, type KeyCheck } from "../../ipc/bindings";
import { KeepKey, keepFrom } from "./KeepKey";
import { useAddWorkspace, useReplaceKey } from "./mutations";
import { PermissionTable } from "./PermissionTable";

interface Props {
  found: KeyCheck;
  /** The workspace whose key is to be replaced, if this is not about a new one. */
  replacing: string | undefined;
  onSaved: (workspace: string) => void;
  onDiscarded: () => void;
  onReplaceIn: (workspace: string) => void;
}

export function CheckedKey({ found, replacing, onSaved, onDiscarded, onReplaceIn }: Props) {
  const add = useAddWorkspace(({ id }) => onSaved(id));
  const replace = useReplaceKey(() => replacing && onSaved(replacing));
  const discard = useAction({
    mutationFn: () => commands.discardKeyCheck(found.check),
    meta: { failureTitle: "The key was not forgotten" },
    onSuccess: onDiscarded,
  });
  const error = replacing ? replace.error : add.error;
  const taken = replacing === undefined ? found.existing : null;

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const keep = keepFrom(form);
    const save = () => {
      if (replacing) replace.run({ workspace: replacing, check: found.check, keep });
      else {
        const keptJournal = form.get("kept") === "on";
        add.run({ check: found.check, name: typed(form, "name") ?? "", keep, keptJournal });
      }
    };
    const missing = found.permissions.filter(
      ({ required, result }) => required && result === "missing",
    );
    if (missing.length === 0) return save();
    modals.openConfirmModal({
      title: "Save a key that lacks what is required?",
      children: (
        <>
          <Text size="sm">Without these permissions Portico shows less than there is:</Text>
          <List size="sm" my="xs">
            {missing.map(({ slug, label, needed_for: why }) => (
              <List.Item key={slug}>
                {label}. {why}
              </List.Item>
            ))}
          </List>
          <Text size="sm">They can be given to the key in Stripe later.</Text>
        </>
      ),
      labels: { confirm: "Save all the same", cancel: "Back" },
      onConfirm: save,
    });
  }

  return (
    <>
      <Alert
        mb="lg"
        color={found.livemode ? "teal" : "yellow"}
        icon={found.livemode ? <IconWorld size={18} /> : <IconFlask size={18} />}
        title={
          found.livemode ? "A live key: real clients, real money" : "A test key: no real money"
        }
      >
        {found.livemode
          ? "Portals and links opened from this workspace reach your clients."
          : "This workspace will show a Stripe sandbox. Live billing needs a live key."}
      </Alert>
      <Section title="The key">
        <DataList labelWidth="9rem" gap={6}>
          <Fact label="Account">
            {found.account_name ?? "No name in Stripe"} ({found.account})
          </Fact>
          <Fact label="Kind">
            {found.restricted ? "Restricted key" : "Secret key, which may do everything"}
          </Fact>
          <Fact label="Ends in">{found.last4}</Fact>
          {found.country && <Fact label="Country">{found.country}</Fact>}
        </DataList>
      </Section>
      <Section title="What it may do">
        <PermissionTable permissions={found.permissions} checked />
      </Section>
      {taken ? (
        <Section title="Already here">
          <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
            This account and mode already have a workspace on this computer.
            <Group mt="sm" gap="xs">
              <Button onClick={() => onReplaceIn(taken)}>Use this key there</Button>
              <Button variant="default" loading={discard.isPending} onClick={() => discard.run()}>
                Use another key
              </Button>
            </Group>
          </Alert>
        </Section>
      ) : (
        <Section title={replacing ? "Replace the key" : "Save"}>
          <form onSubmit={send} noValidate style={{ maxWidth: "30rem" }}>
            {!replacing && (
              <TextInput
                name="name"
                label="Name of the workspace"
                mb="sm"
                defaultValue={found.account_name ?? ""}
                // What is typed takes the place of the suggestion.
                onFocus={(event) => event.currentTarget.select()}
                error={errorAt(error, "name")}
              />
            )}
            {!replacing && found.kept && (
              <Checkbox
                name="kept"
                defaultChecked
                mb="sm"
                label="Go on with the journal that a removed workspace of this account left here"
                description={`${count(found.kept.entries)} entries, the last of ${dateTime(found.kept.until)}: notes, clients added by hand, links.`}
              />
            )}
            <KeepKey stores={found.stores} error={error} />
            <Group mt="lg" gap="xs">
              <Button type="submit" loading={add.isPending || replace.isPending}>
                {replacing ? "Replace the key" : "Save and read the clients"}
              </Button>
              <Button variant="default" loading={discard.isPending} onClick={() => discard.run()}>
                Use another key
              </Button>
            </Group>
          </form>
        </Section>
      )}
    </>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <DataList.Item>
      <DataList.ItemLabel>{label}</DataList.ItemLabel>
      <DataList.ItemValue>{children}</DataList.ItemValue>
    </DataList.Item>
  );
}
