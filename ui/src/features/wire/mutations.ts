// What staff decide about the live wire: which one, and the secret that its deliveries are signed with.
import { useAction } from "../../components/useAction";
import { commands, type LiveWireKind } from "../../ipc/bindings";

export const useSetLiveWire = (workspace: string) =>
  useAction({
    mutationFn: ({ kind, port }: { kind: LiveWireKind; port: number | null }) =>
      commands.setLiveWire(workspace, kind, port),
    meta: { failureTitle: "The live wire was not changed", fields: ["port", "secret"] },
  });

/** `take` reads the inputs and empties them, so that neither React nor the cache holds what they had. */
export const useSetWebhookSecret = (
  workspace: string,
  take: () => { secret: string; passphrase: string | null },
  onSuccess: () => void,
) =>
  useAction({
    mutationFn: () => {
      const { secret, passphrase } = take();
      return commands.setWebhookSecret(workspace, secret, passphrase);
    },
    meta: { failureTitle: "The signing secret was not stored", fields: ["secret", "passphrase"] },
    onSuccess,
  });

export const useRemoveWebhookSecret = (
  workspace: string,
  take: () => string | null,
  onSuccess: () => void,
) =>
  useAction({
    mutationFn: () => commands.removeWebhookSecret(workspace, take()),
    meta: { failureTitle: "The signing secret was not removed", fields: ["passphrase"] },
    onSuccess,
  });
