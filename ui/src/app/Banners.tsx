// What must be known on every page: that this is not live, which files could not be read, and why Stripe
// cannot be asked.
import { useNavigate } from "@tanstack/react-router";
import { KeyBanner } from "../features/workspaces/KeyBanner";
import { ModeBanner } from "../features/workspaces/ModeBanner";
import { Notices } from "../features/workspaces/Notices";

export function Banners({ workspace }: { workspace: string }) {
  const navigate = useNavigate();
  return (
    <>
      <ModeBanner workspace={workspace} />
      <Notices />
      <KeyBanner
        workspace={workspace}
        onReplace={() => void navigate({ to: "/connect", search: { replace: workspace } })}
      />
    </>
  );
}
