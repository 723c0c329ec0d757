// How a link leaves, as buttons and headings say it.
import { IconCopy, IconExternalLink, IconMail } from "@tabler/icons-react";
import type { Delivery } from "../../ipc/bindings";

export const deliveries: Record<
  Delivery,
  { label: string; act: string; done: string; icon: typeof IconMail }
> = {
  open: { label: "Open here", act: "Open", done: "Link opened", icon: IconExternalLink },
  mail: { label: "By mail", act: "Prepare the message", done: "Message prepared", icon: IconMail },
  copy: { label: "To copy", act: "Copy the link", done: "Link ready", icon: IconCopy },
};

export const everyDelivery: readonly Delivery[] = ["open", "mail", "copy"];
