// The left side of the window: which workspace, where to go, how fresh the data is, who sits here.
import { Avatar, Group, Kbd, Menu, Text, UnstyledButton } from "@mantine/core";
import { IconCheck, IconKeyboard, IconPlus, IconSearch, IconSelector } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { NavigationLink } from "../components/links";
import { SyncPanel } from "../features/sync/SyncPanel";
import { modeOf } from "../features/workspaces/mode";
import { deskQuery } from "../ipc/desk";
import { FreshnessLink } from "./FreshnessLink";
import styles from "./Navigation.module.css";
import { openPalette } from "./Palette";
import { places } from "./places";
import { modKey, showShortcuts } from "./shortcuts";

export function Navigation({ workspace }: { workspace: string }) {
  const { staff } = useSuspenseQuery(deskQuery).data;
  return (
    <>
      <WorkspaceSwitcher workspace={workspace} />
      <UnstyledButton className={styles["find"]} onClick={openPalette}>
        <IconSearch size={14} aria-hidden />
        Find anything
        <span className={styles["keys"]}>
          <Kbd size="xs">{modKey}</Kbd>
          <Kbd size="xs">K</Kbd>
        </span>
      </UnstyledButton>
      {places.map(({ to, label, icon: Icon }) => (
        <NavigationLink
          key={to}
          to={to}
          params={{ workspace }}
          label={label}
          leftSection={<Icon size={16} stroke={1.75} />}
          className={styles["link"] ?? ""}
          activeProps={{ active: true }}
        />
      ))}
      <div className={styles["foot"]}>
        <FreshnessLink workspace={workspace} />
        <SyncPanel workspace={workspace} />
        <Group justify="space-between" wrap="nowrap" px={4}>
          <Text size="xs" c="dimmed" truncate>
            {staff?.name ?? "Nobody chosen yet"}
          </Text>
          <UnstyledButton onClick={showShortcuts} aria-label="Show the keys" title="Keys (?)">
            <IconKeyboard size={18} stroke={1.5} opacity={0.7} />
          </UnstyledButton>
        </Group>
      </div>
    </>
  );
}

function WorkspaceSwitcher({ workspace }: { workspace: string }) {
  const { workspaces } = useSuspenseQuery(deskQuery).data;
  const navigate = useNavigate();
  const current = workspaces.find(({ id }) => id === workspace);
  if (!current) return null;
  return (
    <Menu position="bottom-start" width="target">
      <Menu.Target>
        <UnstyledButton className={styles["switcher"]} aria-label={`Workspace ${current.name}`}>
          <Avatar size={28} radius="sm" color="petrol" variant="filled" name={current.name} />
          <span style={{ minWidth: 0, flex: 1 }}>
            <Text className={styles["name"]} truncate>
              {current.name}
            </Text>
            <Text size="xs" c="dimmed" lh={1.3}>
              {modeOf(current).label}
            </Text>
          </span>
          <IconSelector size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Workspaces</Menu.Label>
        {workspaces.map((each) => (
          <Menu.Item
            key={each.id}
            rightSection={each.id === workspace ? <IconCheck size={14} /> : null}
            onClick={() =>
              void navigate({ to: "/w/$workspace/clients", params: { workspace: each.id } })
            }
          >
            <Text size="sm" truncate>
              {each.name}
            </Text>
            <Text size="xs" c="dimmed">
              {modeOf(each).label}
            </Text>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconPlus size={14} />}
          onClick={() => void navigate({ to: "/welcome" })}
        >
          Add a workspace
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
