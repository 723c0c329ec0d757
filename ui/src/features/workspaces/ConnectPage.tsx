// Connecting Stripe: the key is typed, the page loads anew without it, and what was found out is confirmed.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Page } from "../../components/Page";
import { Loading, Problem } from "../../components/States";
import { workspaceQuery } from "../../ipc/desk";
import { CheckedKey } from "./CheckedKey";
import { KeyEntry } from "./KeyEntry";
import { keyCheckQuery } from "./queries";

interface Props {
  check: string | undefined;
  replacing: string | undefined;
  onChecked: (check: string) => void;
  onAgain: () => void;
  onReplaceIn: (workspace: string) => void;
  onSaved: (workspace: string) => void;
  onBack: () => void;
}

export function ConnectPage({ check, replacing, onChecked, onBack, ...after }: Props) {
  const name = useQuery({ ...workspaceQuery(replacing ?? ""), enabled: replacing !== undefined })
    .data?.name;
  return (
    <main style={{ height: "100dvh" }}>
      <Page
        title={replacing ? `Replace the key of ${name ?? "the workspace"}` : "Connect Stripe"}
        width="54rem"
        actions={
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
        }
      >
        {check === undefined ? (
          <KeyEntry onChecked={onChecked} />
        ) : (
          <Held check={check} replacing={replacing} {...after} />
        )}
      </Page>
    </main>
  );
}

function Held({
  check,
  replacing,
  onAgain,
  onReplaceIn,
  onSaved,
}: Pick<Props, "replacing" | "onAgain" | "onReplaceIn" | "onSaved"> & { check: string }) {
  const found = useQuery(keyCheckQuery(check));
  if (found.isError) {
    return (
      <>
        <Problem error={found.error} />
        <Button onClick={onAgain}>Enter the key again</Button>
      </>
    );
  }
  if (!found.data) return <Loading label="Reading what the key may do" lines={10} />;
  return (
    <CheckedKey
      found={found.data}
      replacing={replacing}
      onSaved={onSaved}
      onDiscarded={onAgain}
      onReplaceIn={onReplaceIn}
    />
  );
}
