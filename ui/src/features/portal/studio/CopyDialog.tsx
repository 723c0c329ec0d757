// Taking portal settings to another workspace, from test to live for one: how they would come out, before anything is saved there.
import { Button, Group, Modal, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Loading, Problem } from "../../../components/States";
import type { PortalConfigurationRow, WorkspaceSummary } from "../../../ipc/bindings";
import { copyPlanQuery } from "../queries";
import { CopyPlan } from "./CopyPlan";

interface Props {
  workspace: string;
  configuration: PortalConfigurationRow;
  others: WorkspaceSummary[];
  /** Goes on in the other workspace; `target` are the settings there that would be changed. */
  onContinue: (to: string, target: string | null) => void;
  onClose: () => void;
}

export function CopyDialog({ workspace, configuration, others, onContinue, onClose }: Props) {
  const [to, setTo] = useState(others[0]?.id ?? "");
  const name = others.find(({ id }) => id === to)?.name ?? "";
  const plan = useQuery(copyPlanQuery(workspace, configuration.id, to));
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Copy ${configuration.label} to another workspace`}
      size="lg"
      closeOnClickOutside={false}
    >
      <Select
        label="Workspace"
        allowDeselect={false}
        mb="md"
        data={others.map((each) => ({
          value: each.id,
          label: `${each.name} (${each.livemode ? "live" : "test"})`,
        }))}
        value={to}
        onChange={(next) => next && setTo(next)}
        data-autofocus
      />
      {plan.isError && <Problem error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.isPending && <Loading label="Comparing the workspaces" lines={5} />}
      {plan.data && (
        <>
          <CopyPlan plan={plan.data} />
          <Text size="sm">
            {plan.data.target === null
              ? `New settings are made in ${name}.`
              : `Settings of the same name are in ${name} already; they would be changed.`}{" "}
            Nothing is saved before you have looked through them there.
          </Text>
        </>
      )}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={!plan.data} onClick={() => plan.data && onContinue(to, plan.data.target)}>
          Go on in {name}
        </Button>
      </Group>
    </Modal>
  );
}
