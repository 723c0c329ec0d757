// What was looked at before a link leaves: each check with its outcome as a shape and a word.
import { IconAlertTriangle, IconCheck, IconHandStop } from "@tabler/icons-react";
import type { Check, CheckOutcome } from "../../ipc/bindings";
import styles from "./Links.module.css";

const outcomes: Record<CheckOutcome, { word: string; icon: typeof IconCheck; look: string }> = {
  stop: { word: "Stops it", icon: IconHandStop, look: "bad" },
  warning: { word: "Warning", icon: IconAlertTriangle, look: "warn" },
  fine: { word: "Fine", icon: IconCheck, look: "good" },
};

export function CheckList({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className={styles["checks"]} aria-label="Checks">
      {checks.map(({ outcome, sentence }) => {
        const { word, icon: Icon, look } = outcomes[outcome];
        return (
          <li key={sentence}>
            <span className={styles[look]}>
              <Icon size={15} aria-label={word} />
            </span>
            <span>{sentence}</span>
          </li>
        );
      })}
    </ul>
  );
}
