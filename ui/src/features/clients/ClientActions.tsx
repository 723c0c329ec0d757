// The buttons at the top of a client's page.
import { ActionIcon, Button, Menu } from "@mantine/core";
import {
  IconArchive,
  IconArchiveOff,
  IconDots,
  IconExternalLink,
  IconLink,
  IconMail,
  IconPencil,
  IconRefresh,
} from "@tabler/icons-react";
import type { ClientRow } from "../../ipc/bindings";
import type { PortalActions } from "./actions";
import { useArchive } from "./mutations";

interface Props {
  workspace: string;
  row: ClientRow;
  portal: PortalActions;
  refreshing: boolean;
  onRefresh: () => void;
  onEdit: () => void;
}

export function ClientActions({ workspace, row, portal, refreshing, onRefresh, onEdit }: Props) {
  const archive = useArchive(workspace);
  const icon = { size: 14 };
  const gone = row.state === "deleted";
  return (
    <>
      <Button
        leftSection={<IconExternalLink {...icon} />}
        disabled={gone}
        loading={portal.opening(row.id)}
        onClick={() => portal.openPortal(row.id)}
      >
        Open portal
      </Button>
      <Button
        variant="default"
        leftSection={<IconMail {...icon} />}
        disabled={gone || portal.opening(row.id)}
        onClick={() => portal.mailLink(row.id)}
      >
        Email portal link
      </Button>
      <Button
        variant="default"
        leftSection={<IconRefresh {...icon} />}
        loading={refreshing}
        onClick={onRefresh}
      >
        Refresh this client
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="More actions">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconLink {...icon} />}
            disabled={gone}
            onClick={() => portal.copyLink(row.id)}
          >
            Copy portal link
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil {...icon} />} onClick={onEdit}>
            Edit details
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={row.archived ? <IconArchiveOff {...icon} /> : <IconArchive {...icon} />}
            onClick={() => archive.run(row)}
          >
            {row.archived ? "Put back on the list" : "Archive"}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
