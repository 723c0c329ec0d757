// Making a link and handing it over.
import { copyAddress } from "../../components/copy";
import { said, warned } from "../../components/said";
import { useAction } from "../../components/useAction";
import { commands, type IpcError, type LinkRequest } from "../../ipc/bindings";
import { deliveries } from "./deliveries";

interface Handled {
  onSuccess?: () => void;
  onError?: (error: Error, request: LinkRequest) => void;
  /** Errors that the caller shows itself. */
  handles: (error: IpcError) => boolean;
}

export const useIssueLink = (workspace: string, client: string, handled: Handled) => {
  const { handles, onSuccess, onError } = handled;
  return useAction({
    mutationFn: async (request: LinkRequest) => {
      const { url, ...issued } = await commands.issueLink(workspace, client, request);
      // The address is a bearer credential: on to the clipboard at once, and kept nowhere here.
      if (url !== null) await copyAddress(url);
      return issued;
    },
    meta: { failureTitle: "The link was not made", handles, asksStripe: true },
    onSuccess: ({ message, warnings }, { delivery }) => {
      said(deliveries[delivery].done, message);
      warned("Before you send it", warnings);
      onSuccess?.();
    },
    ...(onError ? { onError } : {}),
  });
};
