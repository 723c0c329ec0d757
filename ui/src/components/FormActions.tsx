// The end of a dialog's form: a way out and the way on.
import { Button, Group, type MantineColor } from "@mantine/core";

interface Props {
  submit: string;
  running: boolean;
  onCancel: () => void;
  color?: MantineColor;
}

export function FormActions({ submit, running, onCancel, color }: Props) {
  return (
    <Group justify="flex-end" gap="xs" mt="lg">
      <Button variant="default" onClick={onCancel}>
        Cancel
      </Button>
      <Button type="submit" loading={running} {...(color === undefined ? {} : { color })}>
        {submit}
      </Button>
    </Group>
  );
}
