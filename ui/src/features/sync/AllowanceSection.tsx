// Stripe's read allowance: what this computer has used, what 30 days come to at this pace, day by day.
import { Progress, Text } from "@mantine/core";
import { Section } from "../../components/Section";
import { calendarDate, count } from "../../format";
import type { Allowance, DayReads } from "../../ipc/bindings";
import styles from "./AllowanceSection.module.css";

export function AllowanceSection({ allowance }: { allowance: Allowance }) {
  const { used, projected, allowed, transactions, words, days } = allowance;
  const share = (reads: number) => (allowed > 0 ? Math.min(100, (100 * reads) / allowed) : 100);
  const ahead = Math.max(0, share(projected) - share(used));
  const color = projected > allowed ? "red" : projected > 0.8 * allowed ? "yellow" : "petrol";
  return (
    <Section
      title="Read allowance"
      note={`${count(allowed)} reads in 30 days, from ${paidInvoices(transactions)}`}
    >
      <Text size="sm" mb={8}>
        {words}
      </Text>
      <Progress.Root size={12} radius="sm">
        <Progress.Section value={share(used)} color={color} aria-label="Used" />
        {/* Beside the used part a lighter one: told apart by its stripes too. */}
        <Progress.Section value={ahead} color={color} striped opacity={0.45} withAria={false} />
      </Progress.Root>
      <Text size="xs" c="dimmed" mt={4}>
        Used {count(used)} · at this pace {count(projected)} · allowed {count(allowed)}
      </Text>
      {days.length > 0 && <Days days={days} />}
    </Section>
  );
}

const paidInvoices = (number: number) =>
  number === 1 ? "1 paid invoice" : `${count(number)} paid invoices`;

function Days({ days }: { days: DayReads[] }) {
  const most = Math.max(1, ...days.map(({ reads }) => reads));
  return (
    <figure className={styles["figure"]}>
      <div className={styles["bars"]} aria-hidden>
        {days.map(({ day, reads }) => (
          <span
            key={day}
            className={styles["bar"]}
            style={{ height: `${(100 * reads) / most}%` }}
            title={`${calendarDate(day)}: ${count(reads)}`}
          />
        ))}
      </div>
      <figcaption className={styles["caption"]}>
        Reads a day, {count(most)} at most
        <details>
          <summary>Show the numbers</summary>
          <table className={styles["days"]} aria-label="Reads a day">
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Reads</th>
              </tr>
            </thead>
            <tbody>
              {days.map(({ day, reads }) => (
                <tr key={day}>
                  <td>{calendarDate(day)}</td>
                  <td>{count(reads)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </figcaption>
    </figure>
  );
}
