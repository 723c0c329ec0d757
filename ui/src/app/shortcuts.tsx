// Every key the console answers to: one table, shown by `?` and in Settings.
import { Group, Kbd, Stack, Table, Text, Title } from "@mantine/core";
import { modals } from "@mantine/modals";
import { places } from "./places";

export const modKey = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

interface Keys {
  /** Alternatives; keys of one combination are joined by a space. */
  press: string[];
  does: string;
}

const groups: { title: string; keys: Keys[] }[] = [
  {
    title: "Everywhere",
    keys: [
      { press: [`${modKey} K`], does: "Find a client, a page or an action" },
      { press: ["?"], does: "Show these keys" },
      ...places.map(({ keys, label }) => ({ press: [keys], does: label })),
    ],
  },
  {
    title: "In the list of clients",
    keys: [
      { press: ["/"], does: "Search" },
      { press: ["↓", "j"], does: "Next client" },
      { press: ["↑", "k"], does: "Previous client" },
      { press: ["Home", "End"], does: "First or last client" },
      { press: ["Enter"], does: "Open the client" },
      { press: ["o"], does: "Open the client's Stripe portal" },
      { press: ["e"], does: "Prepare an email with the portal link" },
      { press: ["c"], does: "Copy the client's email" },
      { press: ["y"], does: "Copy the customer's id" },
      { press: ["n"], does: "New client" },
    ],
  },
  {
    title: "In the log of links",
    keys: [
      { press: ["↓", "j"], does: "Next link" },
      { press: ["↑", "k"], does: "Previous link" },
      { press: ["Enter"], does: "Open its client" },
      { press: ["r"], does: "Renew it" },
    ],
  },
  {
    title: "Among the portal's rules",
    keys: [{ press: ["Alt ↑", "Alt ↓"], does: "Move the focused rule up or down" }],
  },
  {
    title: "On a client's page",
    keys: [
      { press: ["l"], does: "Send the next link" },
      { press: ["o"], does: "Open the Stripe portal" },
      { press: ["e"], does: "Prepare an email with the portal link" },
      { press: ["r"], does: "Refresh this client from Stripe" },
      { press: ["d"], does: "Choose a day to see what it had then" },
      { press: ["Tab"], does: "Walk the objects; then:" },
      { press: ["y"], does: "Copy the focused object's id" },
      { press: ["c"], does: "Copy its email" },
      { press: ["a"], does: "Copy its amount" },
      { press: ["s"], does: "Open it in Stripe" },
      { press: ["Enter"], does: "Open the focused invoice's page" },
      { press: ["p"], does: "Open its PDF" },
    ],
  },
];

export function ShortcutTable() {
  return (
    <Stack gap="md">
      {groups.map((group) => (
        <section key={group.title}>
          <Title order={3} mb={4}>
            {group.title}
          </Title>
          <Table verticalSpacing={5} horizontalSpacing={0} withRowBorders={false}>
            <Table.Tbody>
              {group.keys.map(({ press, does }) => (
                <Table.Tr key={does}>
                  <Table.Td w="8.5rem">
                    <Group gap={6}>
                      {press.map((combination) => (
                        <Group key={combination} gap={2}>
                          {combination.split(" ").map((key) => (
                            <Kbd key={key} size="xs">
                              {key}
                            </Kbd>
                          ))}
                        </Group>
                      ))}
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{does}</Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      ))}
    </Stack>
  );
}

export function showShortcuts() {
  modals.open({ modalId: "shortcuts", title: "Keyboard", children: <ShortcutTable /> });
}
