// Amounts as people read them: digits that line up, one currency each, never added together.
import { type Amount, money } from "../format";
import styles from "./Money.module.css";

export function Money({ value }: { value: Amount }) {
  return <span className={styles["money"]}>{money(value)}</span>;
}

/** One amount per currency in the room of one; the others are named on hover. */
export function Monies({
  values,
  first,
  note,
}: {
  values: readonly Amount[];
  /** The currency to show before the others. */
  first?: string | null | undefined;
  /** What the amounts leave out. */
  note?: string | undefined;
}) {
  const shown = values.find(({ currency }) => currency === first) ?? values[0];
  if (!shown) return note ? <span title={note}>+ usage</span> : null;
  const all = values.map((value) => money(value)).join(" and ");
  return (
    <span className={styles["monies"]} title={[all, note].filter(Boolean).join("; ")}>
      <span className={styles["money"]}>{money(shown)}</span>
      {(values.length > 1 || note) && (
        <>
          {" "}
          <span className={styles["more"]}>
            {[values.length > 1 && `+${values.length - 1}`, note && "+ usage"]
              .filter(Boolean)
              .join(" ")}
          </span>
        </>
      )}
    </span>
  );
}
