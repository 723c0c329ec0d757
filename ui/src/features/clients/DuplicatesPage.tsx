// The duplicate doctor: customers that look like the same client, to be put together, told apart, or left.
import { Anchor, Text } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Page } from "../../components/Page";
import { Empty, Loading, Problem } from "../../components/States";
import { count } from "../../format";
import { DuplicateGroupSection } from "./DuplicateGroupSection";
import { duplicatesQuery } from "./queries";

interface Props {
  workspace: string;
  onOpen: (client: string) => void;
  onBack: () => void;
}

export function DuplicatesPage({ workspace, onOpen, onBack }: Props) {
  const duplicates = useQuery(duplicatesQuery(workspace));
  const { data } = duplicates;
  return (
    <Page
      title="Duplicate clients"
      width="62rem"
      above={
        <Anchor component="button" size="xs" c="dimmed" onClick={onBack}>
          <IconChevronLeft size={12} /> Clients
        </Anchor>
      }
      beside={
        data && (
          <Text c="dimmed" size="sm" aria-live="polite">
            {count(data.total)}
          </Text>
        )
      }
    >
      {duplicates.isError && (
        <Problem error={duplicates.error} onRetry={() => void duplicates.refetch()} />
      )}
      {duplicates.isPending && <Loading label="Looking for duplicates" lines={10} />}
      {data?.total === 0 && (
        <Empty title="No duplicates">
          No two clients share an email, a name, a company's domain or a tax ID, apart from those
          that you have told apart.
        </Empty>
      )}
      {data && data.total > data.groups.length && (
        <Text size="sm" c="dimmed" mb="md">
          The surest {count(data.groups.length)} of them; the others follow as these are dealt with.
        </Text>
      )}
      {data?.groups.map((group) => (
        <DuplicateGroupSection
          key={group.key}
          workspace={workspace}
          group={group}
          onOpen={onOpen}
        />
      ))}
    </Page>
  );
}
