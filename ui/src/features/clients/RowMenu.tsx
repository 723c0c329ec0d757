// The actions on one row of the client list; the menu exists only while it is open.
import { Loader, Menu } from "@mantine/core";
import {
  IconArchive,
  IconArchiveOff,
  IconAt,
  IconDots,
  IconExternalLink,
  IconLink,
  IconMail,
  IconUser,
} from "@tabler/icons-react";
import { useState } from "react";
import { copyText } from "../../components/copy";
import { Tool } from "../../components/StripeObject";
import type { ClientRow } from "../../ipc/bindings";
import type { PortalActions } from "./actions";

interface Props {
  row: ClientRow;
  portal: PortalActions;
  onOpen: () => void;
  onArchive: () => void;
}

export function RowMenu({ row, portal, onOpen, onArchive }: Props) {
  const [opened, setOpened] = useState(false);
  const button = (
    <Tool label={`Actions for ${row.name}`} hint="Actions" onClick={() => setOpened(true)}>
      {portal.opening(row.id) ? <Loader size={14} /> : <IconDots size={16} />}
    </Tool>
  );
  if (!opened) return button;

  const email = row.emails[0];
  const icon = { size: 14 };
  const gone = row.state === "deleted";
  return (
    // The row behind the menu opens on a click; what is clicked in the menu is not meant for it.
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps clicks from the row.
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys do not reach the row from here.
    <span onClick={(event) => event.stopPropagation()}>
      <Menu opened onChange={setOpened} position="bottom-end" trapFocus>
        <Menu.Target>{button}</Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconUser {...icon} />} onClick={onOpen}>
            Open client
          </Menu.Item>
          <Menu.Item
            leftSection={<IconExternalLink {...icon} />}
            disabled={gone}
            onClick={() => portal.openPortal(row.id)}
          >
            Open portal
          </Menu.Item>
          <Menu.Item
            leftSection={<IconMail {...icon} />}
            disabled={gone}
            onClick={() => portal.mailLink(row.id)}
          >
            Email portal link
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLink {...icon} />}
            disabled={gone}
            onClick={() => portal.copyLink(row.id)}
          >
            Copy portal link
          </Menu.Item>
          {email && (
            <Menu.Item
              leftSection={<IconAt {...icon} />}
              onClick={() => void copyText(email, "Email")}
            >
              Copy email
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item
            leftSection={row.archived ? <IconArchiveOff {...icon} /> : <IconArchive {...icon} />}
            onClick={onArchive}
          >
            {row.archived ? "Put back on the list" : "Archive"}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
