// Several of a few words, each a tick.
import { Checkbox, Group } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  label: string;
  description: ReactNode;
  error: ReactNode;
  data: readonly { value: string; label: string }[];
  value: string[];
  onChange: (value: string[]) => void;
}

export function Choices({ data, value, ...props }: Props) {
  // What a newer Stripe knows and this list does not is kept, and can be taken away.
  const unknown = value.filter((each) => !data.some((known) => known.value === each));
  return (
    <Checkbox.Group value={value} {...props}>
      <Group gap="sm" mt={6}>
        {[...data, ...unknown.map((each) => ({ value: each, label: each }))].map((each) => (
          <Checkbox key={each.value} value={each.value} label={each.label} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
