// Throwing the sample agency away for a new one.
import { Button, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { Section } from "../../components/Section";
import { useBeginDemoAgain } from "./mutations";

export function BeginAgainSection() {
  const begin = useBeginDemoAgain();
  const confirm = () =>
    modals.openConfirmModal({
      title: "Begin the sample agency again?",
      children: (
        <Text size="sm">
          Everything done in it is lost: what changed in its simulated Stripe, the notes, links and
          rules, and the journal. A new agency is made as of today.
        </Text>
      ),
      labels: { confirm: "Begin again", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: () => begin.run(),
    });
  return (
    <Section title="Begin again">
      <Text size="sm" c="dimmed" mb="xs">
        The sample agency goes on from day to day: its subscriptions renew and its trials end also
        while Portico is closed.
      </Text>
      <Button variant="light" color="red" loading={begin.isPending} onClick={confirm}>
        Begin again…
      </Button>
    </Section>
  );
}
