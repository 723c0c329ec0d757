// The form of portal settings: linted while one types, and saved after its consequences were shown.
import { Alert, Button, Group, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useUnsaved } from "../../../components/useUnsaved";
import type { Finding } from "../../../ipc/bindings";
import { problem } from "../../../ipc/errors";
import { ImpactDialog } from "../ImpactDialog";
import { useSaveConfiguration } from "../mutations";
import { lintQuery, settingsImpactQuery } from "../queries";
import { AccountFields } from "./AccountFields";
import { CancelFields, PauseFields } from "./CancelFields";
import { Findings, FindingsSummary } from "./findings";
import { GeneralFields } from "./GeneralFields";
import { MetadataFields } from "./MetadataFields";
import styles from "./Studio.module.css";
import type { Settings } from "./settings";
import { UpdateFields } from "./UpdateFields";

interface Props {
  workspace: string;
  /** Empty for settings that are not in Stripe yet. */
  configuration: string | null;
  initial: Settings;
  onSaved: () => void;
  onBack: () => void;
}

export function ConfigurationForm({ workspace, configuration, initial, onSaved, onBack }: Props) {
  const [started] = useState(initial);
  const [settings, setSettings] = useState(started);
  const [confirming, setConfirming] = useState(false);
  const [settled] = useDebouncedValue(settings, 300);
  const leaving = useUnsaved(settings !== started);
  const lint = useQuery(lintQuery(workspace, settled, configuration));
  const save = useSaveConfiguration(workspace, configuration, {
    onSuccess: () => {
      leaving();
      onSaved();
    },
    // Back to the form, where what was refused is shown and nothing typed is lost.
    onError: () => setConfirming(false),
  });

  const found = lint.data ?? [];
  const refused = found.some(({ severity }) => severity === "refused");
  const findings = [...found, ...refusedBySaving(save.error)];

  function change(part: Partial<Settings>) {
    setSettings((now) => ({ ...now, ...part }));
    if (save.isError) save.reset();
  }

  function send(event: FormEvent) {
    event.preventDefault();
    if (refused) return;
    if (configuration === null) save.run(settings);
    else setConfirming(true);
  }

  const fields = { settings, onChange: change };
  return (
    <Findings value={findings}>
      <form onSubmit={send} noValidate>
        {lint.isError && (
          <Alert mb="sm" color="yellow" title="The settings could not be looked through">
            {problem(lint.error).message}
          </Alert>
        )}
        <div aria-live="polite">
          <FindingsSummary findings={findings} />
        </div>
        <GeneralFields {...fields} />
        <AccountFields {...fields} />
        <CancelFields {...fields} />
        <PauseFields {...fields} />
        <UpdateFields {...fields} workspace={workspace} />
        <MetadataFields {...fields} />
        <Group className={styles["bar"] ?? ""} gap="xs">
          <Button type="submit" loading={save.isPending} disabled={refused && settled === settings}>
            {configuration === null ? "Create in Stripe" : "Save…"}
          </Button>
          <Button variant="default" onClick={onBack}>
            Cancel
          </Button>
          {refused && (
            <Text size="xs" c="dimmed">
              Stripe would refuse these settings; the reasons stand on top.
            </Text>
          )}
        </Group>
      </form>
      {confirming && configuration !== null && (
        <Impact
          workspace={workspace}
          configuration={configuration}
          settings={settings}
          running={save.isPending}
          onSave={() => save.run(settings)}
          onClose={() => setConfirming(false)}
        />
      )}
    </Findings>
  );
}

function refusedBySaving(error: Error | null): Finding[] {
  const { field, message } = error ? problem(error) : { field: null, message: "" };
  return field === null ? [] : [{ severity: "refused", field, sentence: message }];
}

interface ImpactProps {
  workspace: string;
  configuration: string;
  settings: Settings;
  running: boolean;
  onSave: () => void;
  onClose: () => void;
}

function Impact({ workspace, configuration, settings, ...dialog }: ImpactProps) {
  const impact = useQuery(settingsImpactQuery(workspace, configuration, settings));
  return <ImpactDialog title="Save these portal settings?" impact={impact} {...dialog} />;
}
