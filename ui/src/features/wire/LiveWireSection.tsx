// Settings: whether events are delivered to this computer, by what, and how that goes.
import { Button, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Section } from "../../components/Section";
import { Loading, Problem } from "../../components/States";
import type { LiveWireKind, LiveWireState } from "../../ipc/bindings";
import { LiveWireWords } from "./LiveWireWords";
import { useSetLiveWire } from "./mutations";
import { liveWireQuery } from "./queries";
import { RelayForm } from "./RelayForm";

interface Props {
  workspace: string;
  /** The page should be loaded anew, so that no copy of the secret stays behind in it. */
  onSecretSent: () => void;
}

export function LiveWireSection({ workspace, onSecretSent }: Props) {
  const wire = useQuery(liveWireQuery(workspace));
  return (
    <Section title="Live wire" note="Optional: changes arrive within seconds">
      <Text size="sm" c="dimmed" mb="xs">
        Stripe is asked for news at its own pace anyway. An event that is delivered here only says
        that it is time to ask. Nothing is opened to the network: Portico listens on this computer
        only.
      </Text>
      {wire.isPending && <Loading label="Reading the live wire" lines={3} />}
      {wire.isError && <Problem error={wire.error} onRetry={() => void wire.refetch()} />}
      {wire.data && (
        <Choice
          key={wire.data.kind}
          workspace={workspace}
          wire={wire.data}
          onSecretSent={onSecretSent}
        />
      )}
    </Section>
  );
}

function Choice({ workspace, wire, onSecretSent }: Props & { wire: LiveWireState }) {
  const [chosen, setChosen] = useState<LiveWireKind>(wire.kind);
  const set = useSetLiveWire(workspace);
  const { version, problem } = wire.stripe_cli;

  function choose(kind: string) {
    set.reset();
    setChosen(kind as LiveWireKind);
  }

  return (
    <>
      <LiveWireWords wire={wire} />
      <Radio.Group label="Events are delivered by" mt="sm" value={chosen} onChange={choose}>
        <Stack gap={6} mt={4}>
          <Radio size="xs" value="none" label="Nothing" description="Stripe is asked, no more." />
          <Radio
            size="xs"
            value="stripe_cli"
            label="The Stripe CLI"
            description={
              version === null
                ? (problem ?? "")
                : `Portico runs “stripe listen” (version ${version}) with this workspace's key, and ends it with itself.`
            }
          />
          <Radio
            size="xs"
            value="relay"
            label="A relay of yours"
            description="A program on this computer that passes on, unchanged, what a webhook endpoint receives."
          />
        </Stack>
      </Radio.Group>
      {chosen === "relay" ? (
        <RelayForm workspace={workspace} wire={wire} set={set} onSecretSent={onSecretSent} />
      ) : (
        chosen !== wire.kind && (
          <Button
            mt="sm"
            loading={set.isPending}
            onClick={() => set.run({ kind: chosen, port: null })}
          >
            {chosen === "none" ? "Switch off" : "Switch on"}
          </Button>
        )
      )}
    </>
  );
}
