// Which clients get which portal settings: ordered rules, changed as a draft and saved after their consequences were shown.
import { ActionIcon, Alert, Button, Group, Select, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Section } from "../../../components/Section";
import { Loading, NoneYet, Problem } from "../../../components/States";
import { useUnsaved } from "../../../components/useUnsaved";
import type { PortalRule } from "../../../ipc/bindings";
import { choicesQuery, configurationsQuery } from "../../../ipc/reads";
import { ImpactDialog } from "../ImpactDialog";
import { useSaveRules } from "../mutations";
import { policyQuery, rulesImpactQuery } from "../queries";
import { RuleDialog } from "./RuleDialog";
import styles from "./Rules.module.css";
import { SegmentsSection } from "./SegmentsSection";
import { conditionWords } from "./words";

interface Draft {
  rules: PortalRule[];
  otherwise: string | null;
}

export function RulesTab({ workspace }: { workspace: string }) {
  const policy = useQuery(policyQuery(workspace));
  const configurations = useQuery(configurationsQuery(workspace)).data ?? [];
  const choices = useQuery(choicesQuery(workspace)).data;
  // What was changed and not saved yet; news from elsewhere does not take it away.
  const [draft, setDraft] = useState<Draft | null>(null);
  useUnsaved(draft !== null);
  const [editing, setEditing] = useState<PortalRule | "new" | null>(null);
  const [confirming, setConfirming] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const save = useSaveRules(workspace, () => {
    setConfirming(false);
    setDraft(null);
  });

  if (policy.isError) {
    return <Problem error={policy.error} onRetry={() => void policy.refetch()} />;
  }
  if (!policy.data) return <Loading label="Reading the rules" lines={10} />;
  const { segments } = policy.data;
  const { rules, otherwise } = draft ?? policy.data;
  const change = (part: Partial<Draft>) => setDraft({ rules, otherwise, ...part });
  const called = (id: string) => configurations.find((each) => each.id === id)?.label ?? id;

  function move(from: number, by: 1 | -1) {
    const rule = rules[from];
    const to = from + by;
    if (!rule || to < 0 || to >= rules.length) return;
    change({ rules: rules.toSpliced(from, 1).toSpliced(to, 0, rule) });
    // The focus goes with the rule, so that it can be moved on.
    requestAnimationFrame(() => list.current?.querySelectorAll("li")[to]?.focus());
  }

  function put(rule: PortalRule) {
    const at = rules.findIndex(({ id }) => id === rule.id);
    change({ rules: at === -1 ? [...rules, rule] : rules.with(at, rule) });
    setEditing(null);
  }

  return (
    <>
      <Section
        title="Rules"
        note="The first rule that holds decides; what is chosen by hand comes before all of them"
        actions={
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={13} />}
            onClick={() => setEditing("new")}
          >
            Add rule
          </Button>
        }
      >
        {rules.length === 0 && <NoneYet>No rules yet: every client gets the same portal.</NoneYet>}
        <ol ref={list} className={styles["rules"]} aria-label="Rules in their order">
          {rules.map((rule, index) => (
            <li
              key={rule.id}
              aria-label={rule.name}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a rule takes the focus to be moved by keys.
              tabIndex={0}
              onKeyDown={(event) => {
                if (event.target !== event.currentTarget || !event.altKey) return;
                if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
                event.preventDefault();
                move(index, event.key === "ArrowUp" ? -1 : 1);
              }}
            >
              <span className={styles["number"]}>{index + 1}</span>
              <div className={styles["rule"]}>
                <Text size="sm" fw={500}>
                  {rule.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {conditionWords(rule.when, segments, choices)}: {called(rule.configuration)}
                </Text>
              </div>
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  aria-label={`Move ${rule.name} up`}
                  title="Move up (Alt ↑)"
                  disabled={index === 0}
                  onClick={() => move(index, -1)}
                >
                  <IconArrowUp size={15} />
                </ActionIcon>
                <ActionIcon
                  aria-label={`Move ${rule.name} down`}
                  title="Move down (Alt ↓)"
                  disabled={index === rules.length - 1}
                  onClick={() => move(index, 1)}
                >
                  <IconArrowDown size={15} />
                </ActionIcon>
                <ActionIcon aria-label={`Edit ${rule.name}`} onClick={() => setEditing(rule)}>
                  <IconPencil size={15} />
                </ActionIcon>
                <ActionIcon
                  aria-label={`Take out ${rule.name}`}
                  onClick={() => change({ rules: rules.toSpliced(index, 1) })}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </Group>
            </li>
          ))}
        </ol>
        <Select
          mt="sm"
          maw="24rem"
          label="Otherwise"
          description="What clients get for whom no rule holds"
          placeholder="Portico's own"
          clearable
          data={configurations
            .filter(({ active, id }) => active || id === otherwise)
            .map(({ id, label }) => ({ value: id, label }))}
          value={otherwise}
          onChange={(next) => change({ otherwise: next })}
        />
        {draft && (
          <Alert mt="md" color="blue" title="The rules were changed, and are not in force yet">
            <Group gap="xs" mt={4}>
              <Button onClick={() => setConfirming(true)}>Preview and save…</Button>
              <Button variant="default" onClick={() => setDraft(null)}>
                Discard the changes
              </Button>
            </Group>
          </Alert>
        )}
      </Section>
      <SegmentsSection workspace={workspace} segments={segments} />
      {editing && (
        <RuleDialog
          rule={editing === "new" ? null : editing}
          segments={segments}
          configurations={configurations}
          choices={choices}
          onPut={put}
          onClose={() => setEditing(null)}
        />
      )}
      {confirming && (
        <Impact
          workspace={workspace}
          draft={{ rules, otherwise }}
          running={save.isPending}
          onSave={() => save.run({ rules, otherwise })}
          onClose={() => setConfirming(false)}
        />
      )}
    </>
  );
}

interface ImpactProps {
  workspace: string;
  draft: Draft;
  running: boolean;
  onSave: () => void;
  onClose: () => void;
}

function Impact({ workspace, draft: { rules, otherwise }, ...dialog }: ImpactProps) {
  const impact = useQuery(rulesImpactQuery(workspace, rules, otherwise));
  return <ImpactDialog title="Save these rules?" impact={impact} {...dialog} />;
}
