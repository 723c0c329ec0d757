// The first page, with what it is given from other features.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { ClientsPage } from "../features/clients/ClientsPage";
import { usePortalActions } from "../features/portal/usePortalActions";
import { tellFirstPaint } from "./firstPaint";

export function Clients() {
  const { workspace } = useParams({ from: "/w/$workspace/clients" });
  const adding = useSearch({ from: "/w/$workspace/clients" }).new ?? false;
  const navigate = useNavigate();
  const portal = usePortalActions(workspace);
  const open = useCallback(
    (client: string) =>
      void navigate({ to: "/w/$workspace/clients/$client", params: { workspace, client } }),
    [navigate, workspace],
  );
  return (
    <ClientsPage
      key={workspace}
      workspace={workspace}
      portal={portal}
      adding={adding}
      onAdding={(next) =>
        void navigate({
          to: "/w/$workspace/clients",
          params: { workspace },
          search: next ? { new: true } : {},
          replace: true,
        })
      }
      onOpen={open}
      onDuplicates={() =>
        void navigate({ to: "/w/$workspace/clients/duplicates", params: { workspace } })
      }
      onPainted={tellFirstPaint}
    />
  );
}
