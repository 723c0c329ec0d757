// The last resort: emptying the copy of Stripe and reading it anew.
import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { Section } from "../../components/Section";
import { CostDialog } from "./CostDialog";
import { useRebuildMirror } from "./mutations";

export function RebuildSection({ workspace }: { workspace: string }) {
  const [asking, setAsking] = useState(false);
  const rebuild = useRebuildMirror(workspace, () => setAsking(false));
  return (
    <Section title="Rebuild the mirror">
      <Text size="sm" c="dimmed" mb="xs">
        Only where a comparison does not help: the copy of Stripe on this computer is thrown away
        and read anew.
      </Text>
      <Button variant="light" color="red" onClick={() => setAsking(true)}>
        Rebuild the mirror…
      </Button>
      {asking && (
        <CostDialog
          workspace={workspace}
          title="Rebuild the mirror?"
          submit="Rebuild"
          color="red"
          running={rebuild.isPending}
          onSubmit={() => rebuild.run()}
          onClose={() => setAsking(false)}
        >
          The journal, your notes and the history of changes stay, and nothing changes in Stripe.
          Until the copy is whole again, clients are missing from the list.
        </CostDialog>
      )}
    </Section>
  );
}
