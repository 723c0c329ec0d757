// Narrows the client list: states, archived ones, and the currency that amounts are sorted in.
import { Button, Checkbox, Group, Popover, Radio, Select, Stack, Text } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { count } from "../../format";
import type { ArchivedFilter, BillingState } from "../../ipc/bindings";
import { byAmount } from "./columns";
import { clientFiltersQuery, type ListQuestion } from "./queries";

interface Props {
  workspace: string;
  question: ListQuestion;
  onChange: (change: Partial<ListQuestion>) => void;
}

export function ClientFilters({ workspace, question, onChange }: Props) {
  const filters = useQuery(clientFiltersQuery(workspace)).data;
  const set = question.states.length + (question.archived === "hide" ? 0 : 1);
  const currencies = filters?.currencies ?? [];
  return (
    <>
      <Popover position="bottom-start" trapFocus returnFocus withinPortal shadow="md">
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconFilter size={14} />}
            {...(set > 0 ? { color: "petrol", variant: "light" } : {})}
          >
            {set === 0 ? "Filter" : `Filter · ${set}`}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Checkbox.Group
            label="State"
            value={question.states}
            onChange={(states) => onChange({ states: states as BillingState[] })}
          >
            <Stack gap={6} mt={6} miw="13rem">
              {filters?.states.map(({ state, word, clients }) => (
                <Group key={state} justify="space-between" wrap="nowrap" gap="xl">
                  <Checkbox value={state} label={word.label} title={word.hint} />
                  <Text size="xs" c="dimmed">
                    {count(clients)}
                  </Text>
                </Group>
              ))}
            </Stack>
          </Checkbox.Group>
          <Radio.Group
            label="Archived clients"
            mt="md"
            value={question.archived}
            onChange={(archived) => onChange({ archived: archived as ArchivedFilter })}
          >
            <Group gap="md" mt={6}>
              <Radio size="xs" value="hide" label="Hide" />
              <Radio size="xs" value="show" label="Show" />
              <Radio size="xs" value="only" label="Only" />
            </Group>
          </Radio.Group>
        </Popover.Dropdown>
      </Popover>
      {byAmount.includes(question.sort) && currencies.length > 1 && (
        <Select
          aria-label="Sort amounts in"
          size="xs"
          w="7.5rem"
          allowDeselect={false}
          data={currencies.map((code) => ({ value: code, label: `in ${code.toUpperCase()}` }))}
          value={question.currency}
          onChange={(currency) => onChange({ currency })}
        />
      )}
    </>
  );
}
