// Before everything is listed again: what it means, and what it costs in requests.
import { type MantineColor, Modal, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { FormActions } from "../../components/FormActions";
import { Loading, Problem } from "../../components/States";
import { syncCostQuery } from "./queries";

interface Props {
  workspace: string;
  title: string;
  submit: string;
  color?: MantineColor;
  running: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

export function CostDialog({ workspace, title, children, onSubmit, onClose, ...actions }: Props) {
  const cost = useQuery(syncCostQuery(workspace));
  return (
    <Modal opened onClose={onClose} title={title}>
      {cost.isError && <Problem error={cost.error} onRetry={() => void cost.refetch()} />}
      {cost.isPending && <Loading label="Counting the requests" lines={2} />}
      {cost.data && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          <Text size="sm">{cost.data.words}</Text>
          <Text size="sm" c="dimmed" mt="xs">
            {children}
          </Text>
          <FormActions {...actions} onCancel={onClose} />
        </form>
      )}
    </Modal>
  );
}
