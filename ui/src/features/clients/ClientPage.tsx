// One client, whole: who they are, what they pay, and what can be done for them.
import { Button, Text } from "@mantine/core";
import { IconExternalLink, IconMail, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Monies } from "../../components/Money";
import { Page } from "../../components/Page";
import { Loading, Problem } from "../../components/States";
import { WordBadge } from "../../components/WordBadge";
import type { PortalActions } from "./actions";
import { useRefreshClient } from "./mutations";
import { clientQuery } from "./queries";

interface Props {
  workspace: string;
  client: string;
  portal: PortalActions;
}

export function ClientPage({ workspace, client, portal }: Props) {
  const page = useQuery(clientQuery(workspace, client));
  const refresh = useRefreshClient(workspace, client);
  if (page.isError) return <Problem error={page.error} onRetry={() => void page.refetch()} />;
  if (!page.data) return <Loading label="Reading the client" lines={12} />;
  const { row } = page.data;
  return (
    <Page
      title={row.name}
      beside={
        <>
          <WordBadge word={row.word} />
          <Text size="sm" c="dimmed">
            <Monies values={row.monthly} />
          </Text>
        </>
      }
      actions={
        <>
          <Button
            leftSection={<IconExternalLink size={14} />}
            loading={portal.opening(client)}
            onClick={() => portal.openPortal(client)}
          >
            Open portal
          </Button>
          <Button
            variant="default"
            leftSection={<IconMail size={14} />}
            onClick={() => portal.mailLink(client)}
          >
            Email portal link
          </Button>
          <Button
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={refresh.isPending}
            onClick={() => refresh.run()}
          >
            Refresh this client
          </Button>
        </>
      }
    >
      <Text size="sm">{row.plan}</Text>
    </Page>
  );
}
