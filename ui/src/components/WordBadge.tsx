// A state as Rust words it: its label in its tone, with the sentence that explains it.
import { Tooltip } from "@mantine/core";
import type { Word } from "../ipc/bindings";
import styles from "./WordBadge.module.css";

interface Props {
  word: Word;
  /** For long lists: the system's own tooltip, which costs a row nothing. */
  plain?: boolean;
}

export function WordBadge({ word, plain = false }: Props) {
  const look = `${styles["word"]} ${styles[word.tone]}`;
  if (plain) {
    return (
      <span className={look} title={word.hint}>
        {word.label}
      </span>
    );
  }
  return (
    <Tooltip label={word.hint} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: focusing it is how the keyboard reads the hint. */}
      <span className={look} tabIndex={0}>
        {word.label}
      </span>
    </Tooltip>
  );
}
