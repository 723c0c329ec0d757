// The zone in which this workspace's days begin and end.
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Section } from "../../components/Section";
import type { WorkspaceSummary } from "../../ipc/bindings";
import { useSetTimeZone } from "./mutations";
import { timeZonesQuery } from "./queries";

export function TimeZoneSection({ workspace }: { workspace: WorkspaceSummary }) {
  const zones = useQuery(timeZonesQuery).data ?? [workspace.time_zone];
  const set = useSetTimeZone(workspace.id);
  return (
    <Section title="Time zone" note="Decides what “today” and “overdue” mean here">
      <Select
        aria-label="Time zone"
        w="20rem"
        maw="100%"
        searchable
        allowDeselect={false}
        limit={60}
        data={zones}
        value={workspace.time_zone}
        disabled={set.isPending}
        onChange={(zone) => zone && set.run(zone)}
      />
    </Section>
  );
}
