// A moment, short to read and exact on hover.
import { Text, type TextProps, Tooltip } from "@mantine/core";
import { ago, date, dateTime } from "../format";

interface Props extends TextProps {
  at: string;
  /** Set for due dates and other days that belong to the workspace's zone. */
  zone?: string;
  show?: "ago" | "date" | "exact";
}

export function Time({ at, zone, show = "date", ...text }: Props) {
  const words = show === "ago" ? ago(at) : show === "exact" ? dateTime(at) : date(at, zone);
  return (
    <Tooltip label={zone ? `${dateTime(at)} here; the day is counted in ${zone}` : dateTime(at)}>
      <Text span inherit {...text}>
        <time dateTime={at}>{words}</time>
      </Text>
    </Tooltip>
  );
}
