// Starting, resuming and stopping the reading from Stripe.
import { useAction } from "../../components/useAction";
import { commands } from "../../ipc/bindings";

export const useSyncNow = (workspace: string, onSuccess: () => void) =>
  useAction({
    mutationFn: () => commands.syncNow(workspace),
    meta: { failureTitle: "The sync was not started" },
    onSuccess,
  });

export const useResumeSync = (workspace: string) =>
  useAction({
    mutationFn: () => commands.resumeSync(workspace),
    meta: { failureTitle: "The reading was not resumed" },
  });

export const useCancelSync = (workspace: string) =>
  useAction({
    mutationFn: () => commands.cancelSync(workspace),
    meta: { failureTitle: "The reading was not stopped" },
  });
