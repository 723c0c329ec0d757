// Says that something was done, and what to know about it.
import { notifications } from "@mantine/notifications";

export function said(title: string, message: string) {
  notifications.show({ color: "teal", title, message });
}

export function warned(title: string, messages: readonly string[]) {
  for (const message of messages) {
    notifications.show({ color: "yellow", title, message, autoClose: 15_000 });
  }
}
