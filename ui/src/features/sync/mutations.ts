// What a person can ask of the mirror: read, stop, compare, rebuild, and what to do about parked objects.
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

export const useCheckNow = (workspace: string) =>
  useAction({
    mutationFn: () => commands.checkNow(workspace),
    meta: { failureTitle: "Stripe gave no news", asksStripe: true },
  });

export const useCompareNow = (workspace: string, onSuccess: () => void) =>
  useAction({
    mutationFn: () => commands.compareNow(workspace),
    meta: { failureTitle: "The comparison was not started" },
    onSuccess,
  });

export const useRebuildMirror = (workspace: string, onSuccess: () => void) =>
  useAction({
    mutationFn: () => commands.rebuildMirror(workspace),
    meta: { failureTitle: "The mirror was not rebuilt" },
    onSuccess,
  });

export const useRetryParked = (workspace: string) =>
  useAction({
    mutationFn: (id: string) => commands.retryParked(workspace, id),
    sameThing: (id) => id,
    meta: { failureTitle: "The object was not fetched" },
  });

export const useIgnoreParked = (workspace: string) =>
  useAction({
    mutationFn: (id: string) => commands.ignoreParked(workspace, id),
    sameThing: (id) => id,
    meta: { failureTitle: "The object is not ignored" },
  });
