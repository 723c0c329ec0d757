// Portal settings on a page of their own: new ones, a copy, those of another workspace, or some to change.
import { Anchor, Text } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Page } from "../../../components/Page";
import { Loading, Problem } from "../../../components/States";
import { count } from "../../../format";
import type { PortalSettings } from "../../../ipc/bindings";
import { configurationsQuery } from "../../../ipc/reads";
import { copyPlanQuery } from "../queries";
import { ConfigurationForm } from "./ConfigurationForm";
import { CopyPlan } from "./CopyPlan";
import { whole } from "./settings";

interface Props {
  workspace: string;
  /** The settings to change; none makes new ones. */
  configuration: string | null;
  /** The settings to begin with. */
  from: string | undefined;
  /** The workspace that `from` is of, where it is another one. */
  of: string | undefined;
  onSaved: () => void;
  onBack: () => void;
}

export function ConfigurationPage(props: Props) {
  const { workspace, configuration, from, of, ...form } = props;
  const rows = useQuery(configurationsQuery(workspace));
  const copied = useQuery({
    ...copyPlanQuery(of ?? "", from ?? "", workspace),
    enabled: of !== undefined && from !== undefined,
  });
  const failed = rows.isError ? rows : copied.isError ? copied : null;
  const row = (id: string | null | undefined) => rows.data?.find((each) => each.id === id);
  const edited = row(configuration);

  let initial: PortalSettings | undefined;
  if (of !== undefined) initial = copied.data?.settings;
  else if (configuration !== null) initial = edited?.settings;
  else if (from !== undefined) initial = copyOf(row(from)?.settings);
  else initial = {};
  const missing = rows.data && configuration !== null && !edited;

  return (
    <Page
      title={edited ? edited.label : "New portal settings"}
      width="56rem"
      above={
        <Anchor component="button" size="xs" c="dimmed" onClick={form.onBack}>
          <IconChevronLeft size={12} /> Portal
        </Anchor>
      }
    >
      {failed && <Problem error={failed.error} onRetry={() => void failed.refetch()} />}
      {missing && <Problem error="There are no such portal settings in this workspace." />}
      {!failed && !missing && (!initial || !rows.data) && (
        <Loading label="Reading the portal settings" lines={12} />
      )}
      {rows.data && !missing && initial && (
        <>
          {copied.data && <CopyPlan plan={copied.data} />}
          {edited && edited.clients > 0 && (
            <Text size="sm" c="dimmed" mb="md">
              {edited.clients === 1 ? "1 client gets" : `${count(edited.clients)} clients get`}{" "}
              these settings now.
            </Text>
          )}
          <ConfigurationForm
            workspace={workspace}
            configuration={configuration}
            initial={whole(initial)}
            {...form}
          />
        </>
      )}
    </Page>
  );
}

const copyOf = (settings: PortalSettings | undefined) =>
  settings && { ...settings, name: `Copy of ${settings.name || "unnamed settings"}` };
