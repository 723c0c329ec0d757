// The pages of the portal, with where they lead and the dialog that a preview goes through.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { MatrixTab } from "../features/portal/matrix/MatrixTab";
import { PortalFrame, type PortalTab } from "../features/portal/PortalFrame";
import { RulesTab } from "../features/portal/rules/RulesTab";
import { ConfigurationPage } from "../features/portal/studio/ConfigurationPage";
import { SettingsTab } from "../features/portal/studio/SettingsTab";
import { previewOf, useSendLink } from "./useSendLink";

const paths = {
  settings: "/w/$workspace/portal",
  rules: "/w/$workspace/portal/rules",
  matrix: "/w/$workspace/portal/matrix",
} as const;

function Frame({ tab, children }: { tab: PortalTab; children: (id: string) => ReactNode }) {
  const { workspace } = useParams({ from: "/w/$workspace" });
  const navigate = useNavigate();
  return (
    <PortalFrame
      key={workspace}
      workspace={workspace}
      tab={tab}
      onTab={(next) => void navigate({ to: paths[next], params: { workspace } })}
    >
      {children(workspace)}
    </PortalFrame>
  );
}

export function PortalSettingsPage() {
  const navigate = useNavigate();
  const { workspace: here } = useParams({ from: "/w/$workspace" });
  const { send, dialog } = useSendLink(here);
  const settings = "/w/$workspace/portal/settings/$configuration";
  return (
    <>
      <Frame tab="settings">
        {(workspace) => (
          <SettingsTab
            workspace={workspace}
            onEdit={(configuration) =>
              void navigate({ to: settings, params: { workspace, configuration } })
            }
            onNew={(from) =>
              void navigate({
                to: "/w/$workspace/portal/new",
                params: { workspace },
                search: from === undefined ? {} : { from },
              })
            }
            onCopyTo={(from, to, target) => {
              const search = { from, of: workspace };
              void (target === null
                ? navigate({ to: "/w/$workspace/portal/new", params: { workspace: to }, search })
                : navigate({
                    to: settings,
                    params: { workspace: to, configuration: target },
                    search,
                  }));
            }}
            onPreview={(client, configuration) => send(previewOf(client, configuration))}
          />
        )}
      </Frame>
      {dialog}
    </>
  );
}

export function PortalRules() {
  return <Frame tab="rules">{(workspace) => <RulesTab workspace={workspace} />}</Frame>;
}

export function PortalMatrixPage() {
  return <Frame tab="matrix">{(workspace) => <MatrixTab workspace={workspace} />}</Frame>;
}

export function NewPortalSettings() {
  const { workspace } = useParams({ from: "/w/$workspace/portal/new" });
  return <Settings {...useSearch({ from: "/w/$workspace/portal/new" })} workspace={workspace} />;
}

export function EditPortalSettings() {
  const from = "/w/$workspace/portal/settings/$configuration" as const;
  return <Settings {...useSearch({ from })} {...useParams({ from })} />;
}

interface SettingsProps {
  workspace: string;
  configuration?: string;
  from?: string | undefined;
  of?: string | undefined;
}

function Settings({ workspace, configuration = "", from, of }: SettingsProps) {
  const navigate = useNavigate();
  const back = () => void navigate({ to: paths.settings, params: { workspace } });
  return (
    <ConfigurationPage
      key={[workspace, configuration, from, of].join(" ")}
      workspace={workspace}
      configuration={configuration || null}
      from={from}
      of={of}
      onSaved={back}
      onBack={back}
    />
  );
}
