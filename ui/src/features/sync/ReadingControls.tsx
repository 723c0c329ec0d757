// What can be done about a reading of everything: begin it, stop it, go on with it.
import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import type { SyncPhase } from "../../ipc/bindings";
import { CostDialog } from "./CostDialog";
import { useCancelSync, useResumeSync, useSyncNow } from "./mutations";

export function ReadingControls({ workspace, phase }: { workspace: string; phase: SyncPhase }) {
  const [asking, setAsking] = useState(false);
  const start = useSyncNow(workspace, () => setAsking(false));
  const resume = useResumeSync(workspace);
  const cancel = useCancelSync(workspace);
  switch (phase) {
    case "never":
      return (
        <>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconRefresh size={12} />}
            onClick={() => setAsking(true)}
          >
            Sync now
          </Button>
          {asking && (
            <CostDialog
              workspace={workspace}
              title="Sync now"
              submit="Sync now"
              running={start.isPending}
              onSubmit={() => start.run()}
              onClose={() => setAsking(false)}
            >
              Until it is whole, clients are missing from the list.
            </CostDialog>
          )}
        </>
      );
    case "running":
      return (
        <Button
          size="compact-xs"
          variant="default"
          loading={cancel.isPending}
          onClick={() => cancel.run()}
        >
          Stop
        </Button>
      );
    case "unfinished":
      return (
        <Button size="compact-xs" loading={resume.isPending} onClick={() => resume.run()}>
          Resume
        </Button>
      );
    default:
      return null;
  }
}
