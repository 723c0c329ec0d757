// Objects whose news could not be fetched: why, when they are tried again, and doing so now or never.
import { Anchor, Button, Group, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { Section } from "../../components/Section";
import { StripeObject } from "../../components/StripeObject";
import { Time } from "../../components/Time";
import { count } from "../../format";
import type { Parked } from "../../ipc/bindings";
import { useIgnoreParked, useRetryParked } from "./mutations";

interface Props {
  workspace: string;
  parked: Parked[];
  onOpenClient: (client: string) => void;
}

export function ParkedSection({ workspace, parked, onOpenClient }: Props) {
  const retry = useRetryParked(workspace);
  const ignore = useIgnoreParked(workspace);

  const confirmIgnoring = ({ id, label, object }: Parked) =>
    modals.openConfirmModal({
      title: `Ignore ${label} ${object}?`,
      children: (
        <Text size="sm">
          Portico stops asking for it, so what you see of it may be old. Its next change in Stripe,
          or a comparison with Stripe, brings it up to date again. The journal notes that you chose
          this.
        </Text>
      ),
      labels: { confirm: "Ignore", cancel: "Cancel" },
      onConfirm: () => ignore.run(id),
    });

  return (
    <Section title="Waiting to be fetched" note="Tried again by itself, later and later">
      <div>
        {parked.map((each) => {
          const { client } = each;
          const name = `${each.label} ${each.object}`;
          return (
            <StripeObject key={each.id} label={name} id={each.object}>
              <Group justify="space-between" align="flex-start" gap="xs">
                <div style={{ flex: "1 1 16rem", minWidth: 0 }}>
                  <Text size="sm" fw={500}>
                    {name}
                    {client && (
                      <>
                        {" of "}
                        <Anchor
                          component="button"
                          size="sm"
                          onClick={() => onOpenClient(client.id)}
                        >
                          {client.name}
                        </Anchor>
                      </>
                    )}
                  </Text>
                  <Text size="sm">{each.error}</Text>
                  <Text size="xs" c="dimmed">
                    Told by {each.event} · {tries(each.attempts)} since{" "}
                    <Time at={each.since} show="exact" />
                    {each.next_try_at && (
                      <>
                        {" "}
                        · next try <Time at={each.next_try_at} show="exact" />
                      </>
                    )}
                  </Text>
                </div>
                <Group gap={6} wrap="nowrap">
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Try ${name} again`}
                    loading={retry.isPending && retry.variables === each.id}
                    onClick={() => retry.run(each.id)}
                  >
                    Try again
                  </Button>
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`Ignore ${name}`}
                    loading={ignore.isPending && ignore.variables === each.id}
                    onClick={() => confirmIgnoring(each)}
                  >
                    Ignore
                  </Button>
                </Group>
              </Group>
            </StripeObject>
          );
        })}
      </div>
    </Section>
  );
}

const tries = (attempts: number) => `tried ${attempts === 1 ? "once" : `${count(attempts)} times`}`;
