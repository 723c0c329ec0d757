// What staff change about the portal; each says what did not happen when it fails.
import { said, warned } from "../../components/said";
import { useAction } from "../../components/useAction";
import { commands, type PortalRule, type PortalSettings } from "../../ipc/bindings";

export const useSaveConfiguration = (
  workspace: string,
  configuration: string | null,
  then: { onSuccess: () => void; onError: () => void },
) =>
  useAction({
    mutationFn: (settings: PortalSettings) =>
      commands.savePortalConfiguration(workspace, configuration, settings),
    meta: {
      failureTitle: "The settings were not saved",
      // The form shows an error at its field, and in its summary.
      handles: ({ field }) => field !== null,
    },
    onError: then.onError,
    onSuccess: ({ reused, differences }) => {
      said(
        "Portal settings saved",
        reused
          ? "Equal settings existed already, so no others were made in Stripe."
          : "Stripe keeps them as they are here.",
      );
      warned("Stripe keeps this otherwise", differences);
      then.onSuccess();
    },
  });

export const useSetActive = (workspace: string) =>
  useAction({
    mutationFn: ({ id, active }: { id: string; active: boolean }) =>
      commands.setPortalConfigurationActive(workspace, id, active),
    sameThing: ({ id }) => id,
    meta: { failureTitle: "The settings were not switched" },
  });

export const useSaveSegment = (workspace: string, segment: string | null, onSuccess: () => void) =>
  useAction({
    mutationFn: ({ name, description }: { name: string; description: string | null }) =>
      commands.saveSegment(workspace, segment, name, description),
    meta: { failureTitle: "The segment was not saved", fields: ["name", "description"] },
    onSuccess,
  });

export const useRemoveSegment = (workspace: string) =>
  useAction({
    mutationFn: (segment: string) => commands.removeSegment(workspace, segment),
    meta: { failureTitle: "The segment was not removed" },
  });

export const useSaveRules = (workspace: string, onSuccess: () => void) =>
  useAction({
    mutationFn: ({ rules, otherwise }: { rules: PortalRule[]; otherwise: string | null }) =>
      commands.savePortalRules(workspace, rules, otherwise),
    meta: { failureTitle: "The rules were not saved" },
    onSuccess: () => {
      said("Rules saved", "From now on clients get their portal by them.");
      onSuccess();
    },
  });

export const useSetClientSegment = (workspace: string, client: string) =>
  useAction({
    mutationFn: (segment: string | null) => commands.setClientSegment(workspace, client, segment),
    meta: { failureTitle: "The segment was not changed" },
  });

export const useSetClientPortal = (workspace: string, client: string) =>
  useAction({
    mutationFn: (configuration: string | null) =>
      commands.setClientPortal(workspace, client, configuration),
    meta: { failureTitle: "The client's portal was not changed" },
  });

export const useExportMatrix = (workspace: string) =>
  useAction({
    mutationFn: () => commands.exportPortalMatrix(workspace),
    meta: { failureTitle: "The table was not exported" },
    onSuccess: (path) => said("Table exported", path),
  });

export const useReviewMatrix = (workspace: string) =>
  useAction({
    mutationFn: (nextInDays: number) => commands.reviewPortalMatrix(workspace, nextInDays),
    meta: { failureTitle: "The review was not noted" },
    onSuccess: () => said("Reviewed", "It is noted who looked at it, and when to look again."),
  });
