// One set of portal settings in the list, with what can be done with it.
import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconDots } from "@tabler/icons-react";
import { StripeObject } from "../../../components/StripeObject";
import { WordBadge } from "../../../components/WordBadge";
import { count } from "../../../format";
import type { PortalConfigurationRow, Word } from "../../../ipc/bindings";
import { useSetActive } from "../mutations";
import styles from "../Portal.module.css";

const marks = {
  active: {
    code: "off",
    label: "Off",
    hint: "No links can be made with these settings.",
    tone: "neutral",
  },
  portico: {
    code: "portico",
    label: "Portico's own",
    hint: "Used where no rule holds and nothing else is chosen.",
    tone: "info",
  },
  is_default: {
    code: "default",
    label: "Stripe's default",
    hint: "What the Dashboard and other programs use where they name none.",
    tone: "neutral",
  },
} satisfies Partial<Record<keyof PortalConfigurationRow, Word>>;

interface Props {
  workspace: string;
  configuration: PortalConfigurationRow;
  onEdit: () => void;
  onCopy: () => void;
  /** Absent where there is no other workspace. */
  onCopyTo: (() => void) | undefined;
  onPreview: () => void;
}

export function Configuration({ workspace, configuration, ...on }: Props) {
  const { id, label, active, allows, findings } = configuration;
  const setActive = useSetActive(workspace);
  const clients = clientsOf(configuration);

  const confirm = () =>
    modals.openConfirmModal({
      title: `Switch ${label} ${active ? "off" : "on"}?`,
      children: (
        <Text size="sm">
          {active
            ? `${clients}. Links and the login page made with these settings lead nowhere then; they can be switched on again.`
            : "Links can be made with these settings again."}
        </Text>
      ),
      labels: { confirm: active ? "Switch off" : "Switch on", cancel: "Cancel" },
      ...(active ? { confirmProps: { color: "red" } } : {}),
      onConfirm: () => setActive.run({ id, active: !active }),
    });

  return (
    <StripeObject
      label={label}
      id={id}
      tools={
        <Group gap="xs" wrap="nowrap">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Edit ${label}`}
            onClick={on.onEdit}
          >
            Edit
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon size="sm" aria-label={`More for ${label}`} loading={setActive.isPending}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={on.onPreview} disabled={!active}>
                Preview as a client
              </Menu.Item>
              <Menu.Item onClick={on.onCopy}>Make a copy</Menu.Item>
              {on.onCopyTo && (
                <Menu.Item onClick={on.onCopyTo}>Copy to another workspace</Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item onClick={confirm}>{active ? "Switch off" : "Switch on"}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      }
    >
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <Marks configuration={configuration} />
      </Group>
      <Text size="xs" c="dimmed">
        {[clients, ...rulesOf(configuration), ...findingsOf(configuration)].join(" · ")}
      </Text>
      <ul className={styles["sentences"]}>
        {allows.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {findings.length > 0 && (
        <ul className={`${styles["sentences"]} ${styles["warn"]}`} aria-label="Findings">
          {findings.map(({ field, sentence }) => (
            <li key={`${field} ${sentence}`}>{sentence}</li>
          ))}
        </ul>
      )}
    </StripeObject>
  );
}

function Marks({ configuration: row }: { configuration: PortalConfigurationRow }) {
  return (Object.keys(marks) as (keyof typeof marks)[])
    .filter((mark) => row[mark] === (mark !== "active"))
    .map((mark) => <WordBadge key={mark} word={marks[mark]} plain />);
}

const clientsOf = ({ clients }: PortalConfigurationRow) =>
  clients === 1 ? "1 client gets it" : `${count(clients)} clients get it`;

const rulesOf = ({ rules }: PortalConfigurationRow) => rules.map((name) => `by the rule “${name}”`);

const findingsOf = ({ findings: { length } }: PortalConfigurationRow) =>
  length === 0 ? [] : [length === 1 ? "1 finding" : `${length} findings`];
