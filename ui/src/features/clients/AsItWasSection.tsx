// What a client had on a day in the past, beside what it has today: who they were, plan and card.
import "@mantine/dates/styles.css";
import { ActionIcon, Alert, Table, Text } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect } from "react";
import { Section } from "../../components/Section";
import { Loading, Problem } from "../../components/States";
import { calendarDate, isDay, today } from "../../format";
import { type Aspect, aspectsOf, sameAs } from "./asItWas";
import { clientAtQuery } from "./queries";

interface Props {
  workspace: string;
  client: string;
  zone: string;
  day: string | undefined;
  onDay: (day: string | undefined) => void;
  input: RefObject<HTMLInputElement | null>;
}

export function AsItWasSection({ workspace, client, zone, day, onDay, input }: Props) {
  const now = today(zone);
  // The palette brings a day with it, from wherever the page was scrolled to.
  useEffect(() => {
    const field = input.current;
    if (day !== undefined && document.activeElement !== field) {
      field?.scrollIntoView({ block: "center" });
    }
  }, [day, input]);

  return (
    <Section
      title="As it was on…"
      actions={
        <>
          <DateInput
            ref={input}
            size="xs"
            w="9.5rem"
            aria-label="As it was on"
            placeholder="2026-03-03"
            // What it brings is below.
            popoverProps={{ position: "top-end" }}
            valueFormat="YYYY-MM-DD"
            // Half a date is not looked up: "2026-03" would be taken for the first of March.
            dateParser={(typed) => (isDay(typed) ? typed : null)}
            maxDate={now}
            value={day ?? null}
            onChange={(next) => onDay(next ?? undefined)}
          />
          {day !== undefined && (
            <ActionIcon aria-label="Back to today only" onClick={() => onDay(undefined)}>
              <IconX size={14} />
            </ActionIcon>
          )}
        </>
      }
    >
      {day === undefined ? (
        <Text size="sm" c="dimmed">
          Choose a day, or type it, to see who the client was, its plan and its card then, beside
          today's.
        </Text>
      ) : (
        <Beside workspace={workspace} client={client} zone={zone} day={day} now={now} />
      )}
    </Section>
  );
}

interface BesideProps {
  workspace: string;
  client: string;
  zone: string;
  day: string;
  now: string;
}

function Beside({ workspace, client, zone, day, now }: BesideProps) {
  const then = useQuery(clientAtQuery(workspace, client, day));
  const present = useQuery(clientAtQuery(workspace, client, now));
  const failed = [then, present].find(({ isError }) => isError);
  if (failed) return <Problem error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!then.data || !present.data) return <Loading label="Reading the history" lines={6} />;
  const [before, after] = [aspectsOf(then.data, zone), aspectsOf(present.data, zone)];
  const nothing = before.every(({ facts }) => facts.length === 0);
  const note =
    then.data.note ??
    (nothing && `Nothing is known of this client on ${calendarDate(then.data.date)}.`);
  return (
    <>
      {note && (
        <Alert color="gray" mb="sm" p="xs">
          {note}
        </Alert>
      )}
      <Table
        layout="fixed"
        verticalSpacing={6}
        horizontalSpacing="xs"
        fz="sm"
        aria-label="Then and today"
        aria-busy={then.isPlaceholderData}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="7.5rem" />
            <Table.Th>{calendarDate(then.data.date)}</Table.Th>
            <Table.Th>Today</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {before.map((aspect, index) => {
            const counterpart = after[index];
            const differs = counterpart !== undefined && !sameAs(aspect, counterpart);
            return (
              <Table.Tr key={aspect.label} {...(differs && { bg: "var(--warn-soft)" })}>
                <Table.Th scope="row" fw={400} style={{ verticalAlign: "top" }}>
                  {aspect.label}
                  {differs && (
                    <Text size="xs" c="var(--warn)">
                      different today
                    </Text>
                  )}
                </Table.Th>
                <Cell aspect={aspect} />
                {counterpart && <Cell aspect={counterpart} />}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </>
  );
}

function Cell({ aspect: { facts, none } }: { aspect: Aspect }) {
  return (
    <Table.Td style={{ overflowWrap: "anywhere", verticalAlign: "top" }}>
      {facts.length === 0 && (
        <Text span inherit c="dimmed">
          {none}
        </Text>
      )}
      {facts.map(({ id, words, when }) => (
        <div key={id}>
          {words}
          {when && (
            <Text size="xs" c="dimmed">
              {when}
            </Text>
          )}
        </div>
      ))}
    </Table.Td>
  );
}
