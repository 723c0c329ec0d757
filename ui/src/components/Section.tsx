// A titled part of a page, with its actions at the right.
import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import styles from "./Section.module.css";

interface Props {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Section({ title, note, actions, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles["section"]}>
      <Group justify="space-between" wrap="nowrap" mb="xs" mih="1.875rem">
        <Group gap="xs" align="baseline">
          <Title order={2} id={id}>
            {title}
          </Title>
          {note && (
            <Text size="xs" c="dimmed">
              {note}
            </Text>
          )}
        </Group>
        <Group gap="xs" wrap="nowrap">
          {actions}
        </Group>
      </Group>
      {children}
    </section>
  );
}
