// Customers that have something in common: which client to keep, which customer is the current one, or that they differ.
import { Anchor, Button, Group, Radio, Table, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useId, useState } from "react";
import { Section } from "../../components/Section";
import { Time } from "../../components/Time";
import { WordBadge } from "../../components/WordBadge";
import { count } from "../../format";
import type { DuplicateCustomer, DuplicateGroup, Word } from "../../ipc/bindings";
import styles from "./Duplicates.module.css";
import { useDismissDuplicates, useLinkDuplicates, usePreferCustomer } from "./mutations";

const current: Word = {
  code: "current",
  label: "Current",
  hint: "Links act for this customer of the client.",
  tone: "info",
};

const loginPage: Word = {
  code: "login_page",
  label: "The login page opens this one",
  hint: "Who logs in with this email sees this customer only.",
  tone: "neutral",
};

interface Props {
  workspace: string;
  group: DuplicateGroup;
  onOpen: (client: string) => void;
}

export function DuplicateGroupSection({ workspace, group, onOpen }: Props) {
  const { customers, suggested, suggestion, why } = group;
  const [keep, setKeep] = useState(suggested);
  const radios = useId();
  const link = useLinkDuplicates(workspace);
  const dismiss = useDismissDuplicates(workspace);
  const prefer = usePreferCustomer(workspace);
  const ids = customers.map(({ customer }) => customer);
  const kept = customers.find(({ client }) => client === keep);
  // A client is kept, not a customer: of several it has in the group, the first stands for it.
  const several = new Set(customers.map(({ client }) => client)).size > 1;

  const confirmLinking = () =>
    modals.openConfirmModal({
      title: `Put them together as ${kept?.client_name ?? "one client"}?`,
      children: (
        <Text size="sm">
          All {customers.length} customers belong to {kept?.client_name ?? "that client"} then, with
          their notes and history. Nothing is deleted, and nothing changes in Stripe; each can be
          unlinked again on the client's page.
        </Text>
      ),
      labels: { confirm: "Put together", cancel: "Cancel" },
      onConfirm: () => link.run({ client: keep, customers: ids }),
    });

  return (
    <Section title={why}>
      <Text size="sm" c="dimmed" mb="xs">
        {suggestion}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the page is scrolled by keys. */}
      <section className={styles["scroll"]} tabIndex={0} aria-label={`Customers: ${why}`}>
        <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm" aria-label={why}>
          <Table.Thead>
            <Table.Tr>
              {several && <Table.Th>Keep</Table.Th>}
              <Table.Th>Client</Table.Th>
              <Table.Th>Customer</Table.Th>
              <Table.Th ta="end">Live subscriptions</Table.Th>
              <Table.Th ta="end">Invoices</Table.Th>
              <Table.Th>Last activity</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {customers.map((each) => (
              <Table.Tr key={each.customer}>
                {several && (
                  <Table.Td>
                    {customers.find(({ client }) => client === each.client) === each && (
                      <Radio
                        size="xs"
                        name={radios}
                        aria-label={`Keep ${each.client_name}, ${each.customer}`}
                        checked={keep === each.client}
                        onChange={() => setKeep(each.client)}
                      />
                    )}
                  </Table.Td>
                )}
                <Table.Td>
                  <Anchor
                    component="button"
                    size="sm"
                    ta="start"
                    onClick={() => onOpen(each.client)}
                  >
                    <bdi>{each.client_name}</bdi>
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <Customer customer={each} />
                </Table.Td>
                <Table.Td ta="end">{count(each.live_subscriptions)}</Table.Td>
                <Table.Td ta="end">{count(each.invoices)}</Table.Td>
                <Table.Td>
                  {each.last_activity && <Time at={each.last_activity} show="ago" />}
                </Table.Td>
                <Table.Td ta="end">
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`${each.preferred ? "No longer mark" : "Mark"} ${each.customer} as current`}
                    title="Links act for the current customer of a client"
                    loading={prefer.isPending && prefer.variables.customer === each.customer}
                    onClick={() => prefer.run(each)}
                  >
                    {each.preferred ? "Unmark" : "Mark as current"}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <Group gap="xs" mt="sm">
        {several && (
          <Button loading={link.isPending} onClick={confirmLinking}>
            Put together…
          </Button>
        )}
        <Button variant="default" loading={dismiss.isPending} onClick={() => dismiss.run(ids)}>
          These are different clients
        </Button>
      </Group>
    </Section>
  );
}

function Customer({ customer: each }: { customer: DuplicateCustomer }) {
  return (
    <>
      <Group gap={6}>
        <span>{each.name ?? each.customer}</span>
        {each.preferred && <WordBadge word={current} plain />}
        {each.login_page_opens && <WordBadge word={loginPage} plain />}
      </Group>
      <Text size="xs" c="dimmed">
        {each.email}
        {each.created && (
          <>
            {each.email && " · "}since <Time at={each.created} />
          </>
        )}
      </Text>
    </>
  );
}
