// Puts text on the clipboard and says what was copied.
import { notifications } from "@mantine/notifications";

export async function copyText(text: string, what: string) {
  try {
    await navigator.clipboard.writeText(text);
    notifications.show({ id: "copied", message: `${what} copied: ${text}`, autoClose: 2500 });
  } catch {
    notifications.show({
      id: "copied",
      color: "red",
      title: `${what} was not copied`,
      message: `The system refused the clipboard. Select it by hand: ${text}`,
    });
  }
}
