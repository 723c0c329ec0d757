// What a key should be allowed, what each lack would cost, and what this one is.
import { Table, Text } from "@mantine/core";
import { IconCheck, IconHelp, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { PermissionRow } from "../../ipc/bindings";

const results: Record<PermissionRow["result"], { words: string; icon: ReactNode; color: string }> =
  {
    granted: { words: "Granted", icon: <IconCheck size={14} />, color: "var(--good)" },
    missing: { words: "Missing", icon: <IconX size={14} />, color: "var(--bad)" },
    not_checked: { words: "Not checked", icon: <IconHelp size={14} />, color: "dimmed" },
  };

interface Props {
  permissions: PermissionRow[];
  /** Whether a key was asked; the bare advice has no results. */
  checked: boolean;
}

export function PermissionTable({ permissions, checked }: Props) {
  return (
    <Table verticalSpacing={6} horizontalSpacing="xs" fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="13rem">Permission</Table.Th>
          <Table.Th>What needs it</Table.Th>
          {checked && <Table.Th w="8rem">This key</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {permissions.map(({ slug, label, needed_for: why, required, result }) => {
          const { words, icon, color } = results[result];
          return (
            <Table.Tr key={slug}>
              <Table.Td title={slug}>
                {label}
                {required && (
                  <Text span size="xs" c="dimmed">
                    {" "}
                    required
                  </Text>
                )}
              </Table.Td>
              <Table.Td c="dimmed">{why}</Table.Td>
              {checked && (
                <Table.Td c={color}>
                  <span style={{ display: "inline-flex", gap: 4, alignItems: "center" }}>
                    {icon} {words}
                  </span>
                </Table.Td>
              )}
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
