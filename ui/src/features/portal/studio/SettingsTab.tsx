// All portal settings of a workspace: what each allows, who gets it, what the lint says of it.
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Section } from "../../../components/Section";
import { Empty, Loading, Problem } from "../../../components/States";
import type { PortalConfigurationRow } from "../../../ipc/bindings";
import { deskQuery } from "../../../ipc/desk";
import { configurationsQuery } from "../../../ipc/reads";
import { Configuration } from "./Configuration";
import { CopyDialog } from "./CopyDialog";
import { PreviewDialog } from "./PreviewDialog";

export interface StudioActions {
  onEdit: (configuration: string) => void;
  /** New settings, beginning as `from` are. */
  onNew: (from?: string) => void;
  onCopyTo: (configuration: string, to: string, target: string | null) => void;
  onPreview: (client: string, configuration: string) => void;
}

interface Props extends StudioActions {
  workspace: string;
}

type Asking = { what: "copy" | "preview"; configuration: PortalConfigurationRow };

export function SettingsTab({ workspace, onEdit, onNew, onCopyTo, onPreview }: Props) {
  const rows = useQuery(configurationsQuery(workspace));
  const others = (useQuery(deskQuery).data?.workspaces ?? []).filter(({ id }) => id !== workspace);
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = () => setAsking(null);

  return (
    <Section
      title="Settings"
      note="Each is a set of what clients may do in Stripe's portal"
      actions={
        <Button leftSection={<IconPlus size={14} />} onClick={() => onNew()}>
          New settings
        </Button>
      }
    >
      {rows.isError && <Problem error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.isPending && <Loading label="Reading the portal settings" lines={10} />}
      {rows.data?.length === 0 && (
        <Empty title="No portal settings yet">
          Portico makes its own when the first portal is opened; more can be made for other kinds of
          clients.
        </Empty>
      )}
      <div>
        {rows.data?.map((row) => (
          <Configuration
            key={row.id}
            workspace={workspace}
            configuration={row}
            onEdit={() => onEdit(row.id)}
            onCopy={() => onNew(row.id)}
            onCopyTo={
              others.length > 0 ? () => setAsking({ what: "copy", configuration: row }) : undefined
            }
            onPreview={() => setAsking({ what: "preview", configuration: row })}
          />
        ))}
      </div>
      {asking?.what === "copy" && (
        <CopyDialog
          workspace={workspace}
          configuration={asking.configuration}
          others={others}
          onContinue={(to, target) => onCopyTo(asking.configuration.id, to, target)}
          onClose={close}
        />
      )}
      {asking?.what === "preview" && (
        <PreviewDialog
          workspace={workspace}
          configuration={asking.configuration}
          onPreview={(client) => {
            close();
            onPreview(client, asking.configuration.id);
          }}
          onClose={close}
        />
      )}
    </Section>
  );
}
