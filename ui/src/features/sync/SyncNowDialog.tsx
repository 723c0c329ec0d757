// Before everything is listed again: what it costs in requests.
import { Modal, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { FormActions } from "../../components/FormActions";
import { Loading, Problem } from "../../components/States";
import { useSyncNow } from "./mutations";
import { syncCostQuery } from "./queries";

export function SyncNowDialog({ workspace, onClose }: { workspace: string; onClose: () => void }) {
  const cost = useQuery(syncCostQuery(workspace));
  const start = useSyncNow(workspace, onClose);
  return (
    <Modal opened onClose={onClose} title="Sync now">
      {cost.isError && <Problem error={cost.error} onRetry={() => void cost.refetch()} />}
      {cost.isPending && <Loading label="Counting the requests" lines={2} />}
      {cost.data && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            start.run();
          }}
        >
          <Text size="sm">{cost.data.words}</Text>
          <Text size="sm" c="dimmed" mt="xs">
            To see one client's latest state, "Refresh this client" on its page costs only a few.
          </Text>
          <FormActions submit="Sync now" running={start.isPending} onCancel={onClose} />
        </form>
      )}
    </Modal>
  );
}
