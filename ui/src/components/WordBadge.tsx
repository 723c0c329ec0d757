// A state as Rust words it: its label in its tone, with the sentence that explains it.
import { Badge, type MantineColor, Tooltip } from "@mantine/core";
import type { Tone, Word } from "../ipc/bindings";

const colors: Record<Tone, MantineColor> = {
  good: "teal",
  info: "blue",
  warn: "yellow",
  bad: "red",
  neutral: "gray",
};

interface Props {
  word: Word;
  /** For long lists: the system's own tooltip, which costs a row nothing. */
  plain?: boolean;
}

export function WordBadge({ word, plain = false }: Props) {
  if (plain) {
    return (
      <Badge color={colors[word.tone]} title={word.hint}>
        {word.label}
      </Badge>
    );
  }
  return (
    <Tooltip label={word.hint} events={{ hover: true, focus: true, touch: true }}>
      <Badge color={colors[word.tone]} tabIndex={0}>
        {word.label}
      </Badge>
    </Tooltip>
  );
}
