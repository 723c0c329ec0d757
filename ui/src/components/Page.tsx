// The frame of a page: its title and actions on top, and what scrolls below.
import { Group, Title } from "@mantine/core";
import { type CSSProperties, type ReactNode, useEffect } from "react";
import styles from "./Page.module.css";

interface Props {
  title: string;
  /** The way back, above the title. */
  above?: ReactNode;
  /** Stands beside the title, such as a state or a count. */
  beside?: ReactNode;
  actions?: ReactNode;
  /** The content scrolls by itself, as a virtual table does. */
  fill?: boolean;
  width?: string;
  children: ReactNode;
}

export function Page({ title, above, beside, actions, fill = false, width, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Portico`;
  }, [title]);

  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <div className={styles["title"]}>
          {above}
          <Group gap="sm">
            <Title order={1}>
              <bdi>{title}</bdi>
            </Title>
            {beside}
          </Group>
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </header>
      {fill ? (
        children
      ) : (
        <div className={styles["scroll"]}>
          <div
            className={styles["body"]}
            style={width ? ({ "--page-width": width } as CSSProperties) : undefined}
          >
            {children}
          </div>
        </div>
      )}
    </div>
  );
}
