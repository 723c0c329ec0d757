// All pages but the first, with what they are given from other features.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { ClientPage } from "../features/clients/ClientPage";
import { DuplicatesPage } from "../features/clients/DuplicatesPage";
import { LinksPage } from "../features/links/LinksPage";
import { NextLinkSection } from "../features/links/NextLinkSection";
import { ClientPortalSection } from "../features/portal/ClientPortalSection";
import { usePortalActions } from "../features/portal/usePortalActions";
import { SyncHealthPage } from "../features/sync/SyncHealthPage";
import { ConnectPage } from "../features/workspaces/ConnectPage";
import { WelcomePage } from "../features/workspaces/WelcomePage";
import { workspaceQuery } from "../ipc/desk";
import { previewOf, useSendLink } from "./useSendLink";

export function Welcome() {
  const navigate = useNavigate();
  return (
    <WelcomePage
      onConnect={() => void navigate({ to: "/connect" })}
      onOpened={(workspace) =>
        void navigate({ to: "/w/$workspace/clients", params: { workspace } })
      }
    />
  );
}

export function Client() {
  const { workspace, client } = useParams({ from: "/w/$workspace/clients/$client" });
  const { day, link } = useSearch({ from: "/w/$workspace/clients/$client" });
  const zone = useQuery(workspaceQuery(workspace)).data?.time_zone ?? "UTC";
  const navigate = useNavigate();
  const portal = usePortalActions(workspace);
  const { send, onSetUp, dialog } = useSendLink(workspace);
  const here = { to: "/w/$workspace/clients/$client", params: { workspace, client } } as const;
  const seen = day === undefined ? {} : { day };
  return (
    <>
      <ClientPage
        key={client}
        workspace={workspace}
        client={client}
        zone={zone}
        portal={portal}
        nextLink={
          <NextLinkSection
            workspace={workspace}
            client={client}
            asked={link ?? false}
            onAsked={() => void navigate({ ...here, search: seen, replace: true })}
            onSend={send}
            onSetUp={onSetUp}
          />
        }
        portalSection={
          <ClientPortalSection
            workspace={workspace}
            client={client}
            onPreview={() => send(previewOf(client, null))}
          />
        }
        day={day}
        onDay={(next) =>
          void navigate({
            ...here,
            search: next === undefined ? {} : { day: next },
            replace: true,
          })
        }
        onOpen={(other) => void navigate({ ...here, params: { workspace, client: other } })}
        onBack={() => void navigate({ to: "/w/$workspace/clients", params: { workspace } })}
      />
      {dialog}
    </>
  );
}

export function Duplicates() {
  const { workspace } = useParams({ from: "/w/$workspace/clients/duplicates" });
  const navigate = useNavigate();
  return (
    <DuplicatesPage
      key={workspace}
      workspace={workspace}
      onOpen={(client) =>
        void navigate({ to: "/w/$workspace/clients/$client", params: { workspace, client } })
      }
      onBack={() => void navigate({ to: "/w/$workspace/clients", params: { workspace } })}
    />
  );
}

export function Links() {
  const { workspace } = useParams({ from: "/w/$workspace/links" });
  const navigate = useNavigate();
  const { send, dialog } = useSendLink(workspace);
  const open = useCallback(
    (client: string) =>
      void navigate({ to: "/w/$workspace/clients/$client", params: { workspace, client } }),
    [navigate, workspace],
  );
  return (
    <>
      <LinksPage key={workspace} workspace={workspace} onOpen={open} onSend={send} />
      {dialog}
    </>
  );
}

export function SyncHealth() {
  const { workspace } = useParams({ from: "/w/$workspace/sync" });
  const navigate = useNavigate();
  return (
    <SyncHealthPage
      key={workspace}
      workspace={workspace}
      onOpenClient={(client) =>
        void navigate({ to: "/w/$workspace/clients/$client", params: { workspace, client } })
      }
      onSettings={() => void navigate({ to: "/w/$workspace/settings", params: { workspace } })}
    />
  );
}

export function Connect() {
  const { check, replace: replacing } = useSearch({ from: "/connect" });
  const navigate = useNavigate();
  const kept = replacing === undefined ? {} : { replace: replacing };
  return (
    <ConnectPage
      check={check}
      replacing={replacing}
      onChecked={(held) =>
        // Copies of a typed key stay in the web process until its page is loaded anew.
        void navigate({ to: "/connect", search: { ...kept, check: held }, replace: true }).then(
          () => window.location.reload(),
        )
      }
      onAgain={() => void navigate({ to: "/connect", search: kept, replace: true })}
      onReplaceIn={(workspace) =>
        void navigate({
          to: "/connect",
          search: { ...(check && { check }), replace: workspace },
          replace: true,
        })
      }
      onSaved={(workspace) => void navigate({ to: "/w/$workspace/clients", params: { workspace } })}
      onBack={() => void navigate({ to: "/" })}
    />
  );
}

export {
  EditPortalSettings,
  NewPortalSettings,
  PortalMatrixPage,
  PortalRules,
  PortalSettingsPage,
} from "./portalPages";
export { SettingsPage } from "./SettingsPage";
