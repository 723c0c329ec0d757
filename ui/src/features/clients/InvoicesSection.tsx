// A client's invoices, newest first, however many: state, amounts, page, PDF.
import { Text } from "@mantine/core";
import { IconExternalLink, IconFileTypePdf, IconReceipt } from "@tabler/icons-react";
import { copyText } from "../../components/copy";
import { Money } from "../../components/Money";
import { Section } from "../../components/Section";
import { NoneYet, Problem } from "../../components/States";
import { Tool } from "../../components/StripeObject";
import { usePagedRows } from "../../components/usePagedRows";
import { type Column, VirtualTable } from "../../components/VirtualTable";
import { WordBadge } from "../../components/WordBadge";
import { type Amount, calendarDate, count, date, dateTime, decimal, money } from "../../format";
import type { ClientPage, Invoice } from "../../ipc/bindings";
import type { PortalActions } from "./actions";
import { NotRead } from "./NotRead";
import { invoicesQuery } from "./queries";

interface Props {
  workspace: string;
  client: string;
  page: ClientPage;
  portal: PortalActions;
}

const ROW_HEIGHT = 40;
const HEADER_HEIGHT = 38;
const MOST_ROWS = 10;

export function InvoicesSection({ workspace, client, page, portal }: Props) {
  const total = page.invoices_total;
  const rows = usePagedRows(client, (offset, limit) => ({
    ...invoicesQuery(workspace, client, offset, limit),
    // The page brought the newest ones along.
    ...(offset === 0 && { placeholderData: { total, rows: page.invoices } }),
  }));
  const { shown } = rows;
  const openPage = (invoice: Invoice) =>
    invoice.has_page && portal.openInvoice(client, invoice.id, "invoice_page");
  const openPdf = (invoice: Invoice) =>
    invoice.has_page && portal.openInvoice(client, invoice.id, "invoice_pdf");

  return (
    <Section title="Invoices" note={total > 0 ? count(total) : undefined}>
      {page.not_read.includes("invoices") ? (
        <NotRead workspace={workspace} what="invoices" />
      ) : (
        total === 0 && <NoneYet>No invoices yet.</NoneYet>
      )}
      {!shown && rows.error && <Problem error={rows.error} onRetry={rows.retry} />}
      {shown && total > 0 && (
        <div
          style={{
            display: "flex",
            flexDirection: "column",
            height: Math.min(total, MOST_ROWS) * ROW_HEIGHT + HEADER_HEIGHT,
          }}
        >
          <VirtualTable<Invoice>
            label="Invoices"
            columns={columns(portal, client, page.invoices)}
            count={shown.total}
            row={shown.row}
            rowId={({ id }) => id}
            rowLabel={({ number, word }) => `Invoice ${number ?? "draft"}, ${word.label}`}
            rowHeight={ROW_HEIGHT}
            minWidth="41.25rem"
            onRange={rows.onRange}
            keys={{
              Enter: openPage,
              p: openPdf,
              s: ({ id }) => portal.openInStripe(client, id),
              y: ({ id }) => void copyText(id, "Id"),
              a: (invoice) => void copyText(decimal(invoice.total), "Amount"),
            }}
          />
        </div>
      )}
    </Section>
  );
}

/** As wide as the longest of these amounts, so that none is cut. */
function wideEnough(amounts: Amount[]): string {
  const letters = amounts.map((amount) => money(amount).length);
  return `${Math.max(6, 0.75 + 0.5 * Math.max(0, ...letters))}rem`;
}

function columns(portal: PortalActions, client: string, newest: Invoice[]): Column<Invoice>[] {
  const icon = { size: 15, stroke: 1.6 };
  return [
    {
      key: "number",
      title: "Number",
      width: "minmax(7rem, 1fr)",
      cell: ({ number }) => <Text size="xs">{number ?? "No number yet"}</Text>,
    },
    {
      key: "state",
      title: "State",
      width: "minmax(6rem, 0.5fr)",
      cell: ({ word }) => <WordBadge word={word} plain />,
    },
    {
      key: "created",
      title: "Created",
      width: "7.4rem",
      cell: ({ created, due, remaining }) => (
        <>
          <Text component="time" size="xs" dateTime={created} title={dateTime(created)}>
            {date(created)}
          </Text>
          {due && remaining.amount !== 0 && (
            <Text size="xs" c="dimmed">
              due {calendarDate(due)}
            </Text>
          )}
        </>
      ),
    },
    {
      key: "total",
      title: "Total",
      width: wideEnough(newest.map(({ total }) => total)),
      align: "end",
      cell: ({ total }) => <Money value={total} />,
    },
    {
      key: "remaining",
      title: "To pay",
      width: wideEnough(newest.map(({ remaining }) => remaining)),
      align: "end",
      cell: ({ remaining }) => remaining.amount !== 0 && <Money value={remaining} />,
    },
    {
      key: "tools",
      title: "",
      label: "Actions",
      width: "5.5rem",
      align: "end",
      cell: (invoice) => {
        const name = `invoice ${invoice.number ?? invoice.id}`;
        return (
          <>
            {invoice.has_page && (
              <>
                <Tool
                  label={`Open the page of ${name}`}
                  hint="Open the client's page (Enter)"
                  onClick={() => portal.openInvoice(client, invoice.id, "invoice_page")}
                >
                  <IconReceipt {...icon} />
                </Tool>
                <Tool
                  label={`Open the PDF of ${name}`}
                  hint="Open the PDF (p)"
                  onClick={() => portal.openInvoice(client, invoice.id, "invoice_pdf")}
                >
                  <IconFileTypePdf {...icon} />
                </Tool>
              </>
            )}
            <Tool
              label={`Open ${name} in Stripe`}
              hint="Open in Stripe (s)"
              onClick={() => portal.openInStripe(client, invoice.id)}
            >
              <IconExternalLink {...icon} />
            </Tool>
          </>
        );
      },
    },
  ];
}
