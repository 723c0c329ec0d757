// Of portal settings: cancelling and pausing.
import {
  ActionIcon,
  Button,
  Group,
  Input,
  NumberInput,
  Radio,
  Select,
  Stack,
  Switch,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { Section } from "../../../components/Section";
import { Choices } from "./Choices";
import { useFound } from "./findings";
import type { FieldsProps } from "./GeneralFields";
import { cancelProrations, type Duration, intervals, reasons, type Settings } from "./settings";

export function CancelFields({ settings: { cancel }, onChange }: FieldsProps) {
  const found = useFound();
  const set = (change: Partial<Settings["cancel"]>) =>
    onChange({ cancel: { ...cancel, ...change } });
  return (
    <Section title="Cancelling">
      <Stack gap="sm">
        <Switch
          label="Cancel subscriptions"
          {...found("cancel")}
          checked={cancel.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        {cancel.enabled && (
          <>
            <Radio.Group
              label="It takes effect"
              {...found("cancel.immediately")}
              value={cancel.immediately ? "now" : "end"}
              onChange={(when) =>
                // Stripe settles unused time only of what ends at once.
                set(
                  when === "now"
                    ? { immediately: true }
                    : { immediately: false, proration: "none" },
                )
              }
            >
              <Group gap="md" mt={6}>
                <Radio size="xs" value="end" label="At the end of the paid period" />
                <Radio size="xs" value="now" label="Immediately" />
              </Group>
            </Radio.Group>
            {cancel.immediately && (
              <Select
                label="Unused time"
                allowDeselect={false}
                {...found("cancel.proration")}
                data={cancelProrations}
                value={cancel.proration}
                onChange={(proration) => proration && set({ proration })}
              />
            )}
            <Switch
              label="Ask for a reason"
              {...found("cancel.ask_reason")}
              checked={cancel.ask_reason}
              onChange={(event) => set({ ask_reason: event.currentTarget.checked })}
            />
            {cancel.ask_reason && (
              <Choices
                label="Reasons to choose from"
                {...found("cancel.reasons")}
                data={reasons}
                value={cancel.reasons}
                onChange={(chosen) => set({ reasons: chosen })}
              />
            )}
          </>
        )}
      </Stack>
    </Section>
  );
}

export function PauseFields({ settings: { pause }, onChange }: FieldsProps) {
  const found = useFound();
  const set = (change: Partial<Settings["pause"]>) => onChange({ pause: { ...pause, ...change } });
  return (
    <Section title="Pausing">
      <Stack gap="sm">
        <Switch
          label="Pause subscriptions"
          {...found("pause")}
          checked={pause.enabled}
          onChange={(event) =>
            set({
              enabled: event.currentTarget.checked,
              durations:
                pause.durations.length > 0 ? pause.durations : [{ interval: "month", count: 1 }],
            })
          }
        />
        {pause.enabled && (
          <>
            <Radio.Group
              label="For how long"
              {...found("pause.indefinite")}
              value={pause.indefinite ? "open" : "chosen"}
              onChange={(how) => set({ indefinite: how === "open" })}
            >
              <Group gap="md" mt={6}>
                <Radio size="xs" value="chosen" label="One of these lengths" />
                <Radio size="xs" value="open" label="As long as they like" />
              </Group>
            </Radio.Group>
            {!pause.indefinite && (
              <Durations
                {...found("pause.durations")}
                value={pause.durations}
                onChange={(durations) => set({ durations })}
              />
            )}
          </>
        )}
      </Stack>
    </Section>
  );
}

interface DurationsProps extends ReturnType<ReturnType<typeof useFound>> {
  value: Duration[];
  onChange: (value: Duration[]) => void;
}

function Durations({ value, onChange, error, description }: DurationsProps) {
  const change = (at: number, part: Partial<Duration>) =>
    onChange(value.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <Stack gap="xs">
      {value.map((each, index) => {
        const name = `Length ${index + 1}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lengths may be equal while one types.
          <Group key={index} gap="xs" wrap="nowrap" role="group" aria-label={name}>
            <NumberInput
              size="xs"
              w="5rem"
              aria-label={`${name}: how many`}
              min={1}
              allowDecimal={false}
              value={each.count}
              error={error !== undefined}
              onChange={(count) => typeof count === "number" && change(index, { count })}
            />
            <Select
              size="xs"
              w="8rem"
              aria-label={`${name}: of what`}
              allowDeselect={false}
              data={intervals}
              value={each.interval}
              onChange={(interval) => interval && change(index, { interval })}
            />
            <ActionIcon
              aria-label={`Remove ${name.toLowerCase()}`}
              onClick={() => onChange(value.filter((_, other) => other !== index))}
            >
              <IconTrash size={15} />
            </ActionIcon>
          </Group>
        );
      })}
      <Input.Wrapper error={error} description={description}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange([...value, { interval: "month", count: 1 }])}
        >
          Add a length
        </Button>
      </Input.Wrapper>
    </Stack>
  );
}
