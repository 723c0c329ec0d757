// How fresh the local copy is, for the frame of the window: a shape in a tone, and words.
import { Tooltip, VisuallyHidden } from "@mantine/core";
import {
  IconCircleCheck,
  IconClockExclamation,
  IconDownload,
  IconHelpCircle,
  IconPlugConnectedX,
  IconRefresh,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { dateTime } from "../../format";
import type { FreshnessLevel } from "../../ipc/bindings";
import { problem } from "../../ipc/errors";
import styles from "./FreshnessMark.module.css";
import { freshnessQuery } from "./queries";

const looks: Record<FreshnessLevel, { icon: typeof IconRefresh; tone: string; news: string }> = {
  filling: { icon: IconDownload, tone: "info", news: "The copy of Stripe is not whole yet." },
  fresh: { icon: IconCircleCheck, tone: "good", news: "Up to date with Stripe." },
  catching_up: { icon: IconRefresh, tone: "info", news: "Catching up with Stripe." },
  behind: { icon: IconClockExclamation, tone: "warn", news: "Behind Stripe." },
  stopped: { icon: IconPlugConnectedX, tone: "bad", news: "Stripe cannot be asked." },
};
const unread = { icon: IconHelpCircle, tone: "neutral" };

export function FreshnessMark({ workspace }: { workspace: string }) {
  const { data: fresh, isError } = useQuery(freshnessQuery(workspace));
  const { icon: Shape, tone } = fresh ? looks[fresh.level] : unread;
  return (
    <span className={styles["mark"]} data-tone={tone}>
      <Shape size={15} stroke={2} aria-hidden className={styles["shape"]} />
      <span className={styles["words"]}>
        {fresh?.words ?? (isError ? "How fresh this is could not be read" : "Reading…")}
      </span>
    </span>
  );
}

/** The exact moment, for what holds a mark; it must be able to take the focus. */
export function FreshnessTip({
  workspace,
  children,
}: {
  workspace: string;
  children: ReactElement;
}) {
  const { data: fresh, error } = useQuery(freshnessQuery(workspace));
  const exact = fresh?.checked_at
    ? `Stripe was last asked on ${dateTime(fresh.checked_at)}`
    : "Stripe was not asked for news yet";
  return (
    <Tooltip
      label={error ? problem(error).message : exact}
      events={{ hover: true, focus: true, touch: true }}
    >
      {children}
    </Tooltip>
  );
}

/** Reads aloud what changed: not each second that passes, only from one state to another. */
export function FreshnessNews({ workspace }: { workspace: string }) {
  const level = useQuery(freshnessQuery(workspace)).data?.level;
  return (
    <VisuallyHidden role="status" aria-label="Freshness">
      {level && looks[level].news}
    </VisuallyHidden>
  );
}
