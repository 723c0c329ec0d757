// The first screen of a computer without a workspace, and the way to add another one.
import { Button, SimpleGrid, Text, Title } from "@mantine/core";
import { IconDatabase, IconPlugConnected } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { deskQuery } from "../../ipc/desk";
import { useOpenDemo } from "./mutations";
import { Notices } from "./Notices";
import styles from "./WelcomePage.module.css";

interface Props {
  onConnect: () => void;
  onOpened: (workspace: string) => void;
}

export function WelcomePage({ onConnect, onOpened }: Props) {
  const { workspaces } = useSuspenseQuery(deskQuery).data;
  const demo = useOpenDemo(({ id }) => onOpened(id));
  const back = workspaces[0];

  useEffect(() => {
    document.title = "Welcome · Portico";
  }, []);

  return (
    <main className={styles["page"]}>
      <div className={styles["inner"]}>
        <Notices />
        <Title order={1}>{back ? "Add a workspace" : "Welcome to Portico"}</Title>
        <Text c="dimmed" mt={4} mb="lg" maw="38rem">
          The staff console for agencies that bill on Stripe. A workspace is one Stripe account in
          one mode; its data stays on this computer.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Choice icon={<IconPlugConnected stroke={1.5} />} title="Connect Stripe">
            <Text size="sm" c="dimmed">
              Paste a restricted key. Portico checks what it may do before anything is saved, and
              keeps it in the system's keychain.
            </Text>
            <Button mt="md" onClick={onConnect}>
              Connect Stripe
            </Button>
          </Choice>
          <Choice icon={<IconDatabase stroke={1.5} />} title="Look around first">
            <Text size="sm" c="dimmed">
              A made-up agency with clients, plans and invoices in many states, served by a
              simulated Stripe on this computer.
            </Text>
            <Button mt="md" variant="default" loading={demo.isPending} onClick={() => demo.run()}>
              Explore with sample data
            </Button>
          </Choice>
        </SimpleGrid>
        {back && (
          <Button variant="subtle" mt="lg" onClick={() => onOpened(back.id)}>
            Back to {back.name}
          </Button>
        )}
      </div>
    </main>
  );
}

function Choice({
  icon,
  title,
  children,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
}) {
  return (
    <section className={styles["choice"]}>
      {icon}
      <Title order={2}>{title}</Title>
      {children}
    </section>
  );
}
