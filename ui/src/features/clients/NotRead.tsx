// In place of what the key may not read: that it was not read, and the way to change it.
import { LinkButton } from "../../components/links";
import { NoneYet } from "../../components/States";

export function NotRead({ workspace, what }: { workspace: string; what: string }) {
  return (
    <NoneYet
      action={
        <LinkButton
          variant="subtle"
          size="compact-xs"
          to="/w/$workspace/settings"
          params={{ workspace }}
        >
          Settings
        </LinkButton>
      }
    >
      The key may not read {what}.
    </NoneYet>
  );
}
