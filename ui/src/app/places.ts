// The pages of a workspace: one list for the navigation, the palette, the keys and their table.
import { IconDoor, IconHeartbeat, IconLink, IconSettings, IconUsers } from "@tabler/icons-react";

export const places = [
  { to: "/w/$workspace/clients", label: "Clients", icon: IconUsers, keys: "Alt 1" },
  { to: "/w/$workspace/links", label: "Links", icon: IconLink, keys: "Alt 2" },
  { to: "/w/$workspace/portal", label: "Portal", icon: IconDoor, keys: "Alt 3" },
  { to: "/w/$workspace/sync", label: "Sync health", icon: IconHeartbeat, keys: "Alt 4" },
  { to: "/w/$workspace/settings", label: "Settings", icon: IconSettings, keys: "Alt 5" },
] as const;

export type Place = (typeof places)[number]["to"];
