// A moment, short to read and exact on hover.
import { Text, type TextProps, Tooltip } from "@mantine/core";
import { useEffect, useReducer } from "react";
import { ago, date, dateTime } from "../format";

interface Props extends TextProps {
  at: string;
  /** Set for due dates and other days that belong to the workspace's zone. */
  zone?: string;
  show?: "ago" | "date" | "exact";
}

export function Time({ at, zone, show = "date", ...text }: Props) {
  const [, again] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    if (show !== "ago") return;
    const minute = setInterval(again, 60_000);
    return () => clearInterval(minute);
  }, [show]);
  const words = show === "ago" ? ago(at) : show === "exact" ? dateTime(at) : date(at, zone);
  return (
    <Tooltip label={zone ? `${dateTime(at)} here; the day is counted in ${zone}` : dateTime(at)}>
      <Text span inherit {...text}>
        <time dateTime={at}>{words}</time>
      </Text>
    </Tooltip>
  );
}
