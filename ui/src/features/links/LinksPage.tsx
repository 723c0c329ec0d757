// Every attempt to open or hand out a link and what became of it; those not acted on are a list to work through.
import { Button, Group, NumberInput, SegmentedControl, Text } from "@mantine/core";
import { IconRefresh, IconUser } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Page } from "../../components/Page";
import { Empty, Loading, Problem } from "../../components/States";
import { Tool } from "../../components/StripeObject";
import { usePagedRows } from "../../components/usePagedRows";
import { VirtualTable } from "../../components/VirtualTable";
import { count } from "../../format";
import type { LinkRow } from "../../ipc/bindings";
import { columns } from "./columns";
import { linksQuery } from "./queries";
import type { Sending } from "./SendLinkDialog";

interface Props {
  workspace: string;
  onOpen: (client: string) => void;
  onSend: (sending: Sending) => void;
}

const WEEK = 7;

export function LinksPage({ workspace, onOpen, onSend }: Props) {
  const [show, setShow] = useState<"all" | "waiting">("all");
  const [days, setDays] = useState(WEEK);
  const waiting = show === "waiting" ? days : null;
  const rows = usePagedRows(String(waiting), (offset, limit) =>
    linksQuery(workspace, waiting, offset, limit),
  );
  const { shown } = rows;

  const shownColumns = useMemo(
    () => [
      ...columns,
      {
        key: "tools",
        title: "",
        label: "Actions",
        width: "4rem",
        align: "end" as const,
        cell: (row: LinkRow) => <RowTools row={row} onOpen={onOpen} onSend={onSend} />,
      },
    ],
    [onOpen, onSend],
  );

  return (
    <Page
      title="Links"
      fill
      beside={
        shown && (
          <Text c="dimmed" size="sm" aria-live="polite">
            {count(shown.total)}
          </Text>
        )
      }
    >
      <Group px="1.25rem" pb="sm" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="Which links"
          data={[
            { value: "all", label: "All" },
            { value: "waiting", label: "Not acted on" },
          ]}
          value={show}
          onChange={setShow}
        />
        {show === "waiting" && (
          <Group gap={6}>
            <Text size="sm">after</Text>
            <NumberInput
              size="xs"
              w="4.5rem"
              aria-label="Days without anything done"
              min={0}
              max={365}
              allowDecimal={false}
              allowNegative={false}
              value={days}
              onChange={(value) => typeof value === "number" && setDays(value)}
            />
            <Text size="sm">{days === 1 ? "day" : "days"}</Text>
          </Group>
        )}
      </Group>
      {!shown && rows.error && <Problem error={rows.error} onRetry={rows.retry} />}
      {!shown && !rows.error && <Loading label="Reading the links" lines={12} />}
      {shown?.total === 0 &&
        (waiting === null ? (
          <Empty title="No links yet">
            Each time somebody opens a client's portal or invoice, or prepares a link to send, it is
            noted here with what came of it. The addresses themselves are not kept.
          </Empty>
        ) : (
          <Empty
            title="Nobody keeps you waiting"
            action={
              <Button variant="default" onClick={() => setShow("all")}>
                Show all links
              </Button>
            }
          >
            Every link that asked a client for something was acted on, or is more recent than that.
          </Empty>
        ))}
      {shown && shown.total > 0 && (
        <VirtualTable
          label="Links"
          list={shown.question}
          columns={shownColumns}
          count={shown.total}
          row={shown.row}
          rowId={(row) => row.id}
          rowLabel={(row) => `${row.what}, ${row.client_name}, ${row.state.label}`}
          stale={rows.stale}
          onOpen={(row) => onOpen(row.client)}
          keys={{ r: (row) => renew(row, onSend) }}
          onRange={rows.onRange}
          minWidth="64rem"
          rowHeight={52}
          main
        />
      )}
    </Page>
  );
}

function renew({ client, what, renewal }: LinkRow, onSend: Props["onSend"]) {
  if (renewal) onSend({ client, title: what, request: renewal });
}

function RowTools({ row, onOpen, onSend }: { row: LinkRow } & Omit<Props, "workspace">) {
  return (
    <>
      {row.renewal && (
        <Tool
          label={`Renew ${row.what} for ${row.client_name}`}
          hint="Renew (r)"
          onClick={() => renew(row, onSend)}
        >
          <IconRefresh size={15} stroke={1.6} />
        </Tool>
      )}
      <Tool
        label={`Open ${row.client_name}`}
        hint="Open client (Enter)"
        onClick={() => onOpen(row.client)}
      >
        <IconUser size={15} stroke={1.6} />
      </Tool>
    </>
  );
}
