// One client, whole: who they are, what they pay, and what can be done for them.
import { Alert, Anchor, List, Text } from "@mantine/core";
import { IconAlertTriangle, IconChevronLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { Monies } from "../../components/Money";
import { Page } from "../../components/Page";
import { Loading, Problem } from "../../components/States";
import { usePageKeys } from "../../components/usePageKeys";
import { WordBadge } from "../../components/WordBadge";
import { clientQuery } from "../../ipc/reads";
import { AsItWasSection } from "./AsItWasSection";
import type { PortalActions } from "./actions";
import { ClientActions } from "./ClientActions";
import { ClientForm } from "./ClientForm";
import styles from "./ClientPage.module.css";
import { ContactsSection } from "./ContactsSection";
import { CustomersSection } from "./CustomersSection";
import { InvoicesSection } from "./InvoicesSection";
import { useEditClient, useRefreshClient } from "./mutations";
import { NotesSection } from "./NotesSection";
import { PaymentMethodsSection } from "./PaymentMethodsSection";
import { SubscriptionsSection } from "./SubscriptionsSection";
import { TimelineSection } from "./TimelineSection";

interface Props {
  workspace: string;
  client: string;
  /** The workspace's, for the days of renewals. */
  zone: string;
  portal: PortalActions;
  /** What to send this client now, from another feature. */
  nextLink: ReactNode;
  /** What it may do in the portal, from another feature. */
  portalSection: ReactNode;
  /** The past day that today is compared with. */
  day: string | undefined;
  onDay: (day: string | undefined) => void;
  onOpen: (client: string) => void;
  onBack: () => void;
}

export function ClientPage(props: Props) {
  const { workspace, client, zone, portal, day, onDay, onOpen, onBack } = props;
  const page = useQuery(clientQuery(workspace, client));
  const refresh = useRefreshClient(workspace, client);
  const [editing, setEditing] = useState(false);
  const dayInput = useRef<HTMLInputElement>(null);
  const edit = useEditClient(workspace, client, () => setEditing(false));

  usePageKeys({
    o: () => portal.openPortal(client),
    e: () => portal.mailLink(client),
    r: () => refresh.run(),
    d: () => dayInput.current?.focus(),
  });

  if (page.isError) {
    const retry = () => void page.refetch();
    return <Problem error={page.error} onRetry={retry} workspace={workspace} />;
  }
  if (!page.data) return <Loading label="Reading the client" lines={12} />;
  const { row, details, warnings, moved_to: movedTo } = page.data;
  const at = { workspace, client, page: page.data };

  return (
    <Page
      title={row.name}
      width="none"
      above={
        <Anchor component="button" size="xs" c="dimmed" onClick={onBack}>
          <IconChevronLeft size={12} /> Clients
        </Anchor>
      }
      beside={
        <>
          <WordBadge word={row.word} />
          <Text size="sm" c="dimmed">
            {row.monthly.length > 0 || row.metered ? (
              <>
                <Monies
                  values={row.monthly}
                  note={row.metered ? "what metered plans bill comes on top" : undefined}
                />{" "}
                a month
              </>
            ) : (
              row.archived && "archived"
            )}
          </Text>
        </>
      }
      actions={
        <ClientActions
          workspace={workspace}
          row={row}
          portal={portal}
          refreshing={refresh.isPending}
          onRefresh={() => refresh.run()}
          onEdit={() => setEditing(true)}
        />
      }
    >
      {movedTo && (
        <Alert mb="md" color="blue" title="This client is part of another one now">
          Its customer was linked elsewhere.{" "}
          <Anchor component="button" size="sm" onClick={() => onOpen(movedTo)}>
            Open that client
          </Anchor>
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert mb="md" color="yellow" icon={<IconAlertTriangle size={18} />} title="Good to know">
          <List size="sm">
            {warnings.map((warning) => (
              <List.Item key={warning}>{warning}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <div className={styles["columns"]}>
        <div>
          {props.nextLink}
          <SubscriptionsSection {...at} zone={zone} portal={portal} />
          <InvoicesSection {...at} portal={portal} />
          <AsItWasSection {...at} zone={zone} day={day} onDay={onDay} input={dayInput} />
          <TimelineSection workspace={workspace} client={client} />
        </div>
        <div>
          <ContactsSection {...at} onEditClient={() => setEditing(true)} />
          <NotesSection {...at} />
          {props.portalSection}
          <PaymentMethodsSection {...at} portal={portal} />
          <CustomersSection {...at} portal={portal} />
        </div>
      </div>
      {editing && (
        <ClientForm
          title={`Edit ${row.name}`}
          submit="Save"
          initial={details}
          running={edit.isPending}
          error={edit.error}
          onSubmit={edit.run}
          onClose={() => setEditing(false)}
        />
      )}
    </Page>
  );
}
