// Of portal settings: notes that other programs keep with them in Stripe.
import { ActionIcon, Button, Group, Input, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Section } from "../../../components/Section";
import { useFound } from "./findings";
import type { FieldsProps } from "./GeneralFields";

type Pair = [key: string, value: string];

export function MetadataFields({ settings, onChange }: FieldsProps) {
  const found = useFound();
  // While one types, a key may be empty or there twice; the settings get what is whole.
  const [pairs, setPairs] = useState<Pair[]>(() => Object.entries(settings.metadata));

  function set(next: Pair[]) {
    setPairs(next);
    onChange({ metadata: Object.fromEntries(next.filter(([key]) => key.trim() !== "")) });
  }

  return (
    <Section
      title="Metadata"
      actions={
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={13} />}
          onClick={() => setPairs([...pairs, ["", ""]])}
        >
          Add
        </Button>
      }
    >
      <Input.Wrapper {...found("metadata", "For other programs; clients do not see it.")}>
        {pairs.map(([key, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: keys change as one types.
          <Group key={index} gap="xs" wrap="nowrap" mt="xs">
            <TextInput
              size="xs"
              aria-label={`Key ${index + 1}`}
              value={key}
              onChange={({ currentTarget }) => set(pairs.with(index, [currentTarget.value, value]))}
            />
            <TextInput
              size="xs"
              flex={1}
              aria-label={`Value ${index + 1}`}
              value={value}
              onChange={({ currentTarget }) => set(pairs.with(index, [key, currentTarget.value]))}
            />
            <ActionIcon
              aria-label={`Remove key ${index + 1}`}
              onClick={() => set(pairs.filter((_, other) => other !== index))}
            >
              <IconTrash size={15} />
            </ActionIcon>
          </Group>
        ))}
      </Input.Wrapper>
    </Section>
  );
}
