// A client's portal: its segment, the settings it gets and why, and choosing them by hand.
import { Button, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Section } from "../../components/Section";
import { Loading, Problem } from "../../components/States";
import { configurationsQuery } from "../../ipc/reads";
import { useSetClientPortal, useSetClientSegment } from "./mutations";
import styles from "./Portal.module.css";
import { clientPortalQuery, policyQuery } from "./queries";

interface Props {
  workspace: string;
  client: string;
  onPreview: () => void;
}

export function ClientPortalSection({ workspace, client, onPreview }: Props) {
  const portal = useQuery(clientPortalQuery(workspace, client));
  const segments = useQuery(policyQuery(workspace)).data?.segments ?? [];
  const configurations = useQuery(configurationsQuery(workspace)).data ?? [];
  const setSegment = useSetClientSegment(workspace, client);
  const setPortal = useSetClientPortal(workspace, client);
  const { data } = portal;
  return (
    <Section
      title="Portal"
      actions={
        data && (
          <Button size="compact-xs" variant="subtle" onClick={onPreview}>
            Preview
          </Button>
        )
      }
    >
      {portal.isError && <Problem error={portal.error} onRetry={() => void portal.refetch()} />}
      {portal.isPending && <Loading label="Reading the client's portal" lines={4} />}
      {data && (
        <Stack gap="xs">
          <div>
            <Text size="sm" fw={500}>
              {data.chosen.name}
            </Text>
            <Text size="xs" c="dimmed">
              {data.chosen.because}
            </Text>
            <ul className={styles["sentences"]}>
              {data.allows.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </div>
          <Select
            size="xs"
            label="Segment"
            placeholder="None"
            clearable
            data={segments.map(({ id, name }) => ({ value: id, label: name }))}
            value={data.segment}
            disabled={setSegment.isPending}
            onChange={(segment) => setSegment.run(segment)}
          />
          <Select
            size="xs"
            label="Settings chosen by hand"
            placeholder="As the rules choose"
            clearable
            data={configurations
              .filter(({ active, id }) => active || id === data.by_hand)
              .map(({ id, label }) => ({ value: id, label }))}
            value={data.by_hand}
            disabled={setPortal.isPending}
            onChange={(configuration) => setPortal.run(configuration)}
          />
        </Stack>
      )}
    </Section>
  );
}
