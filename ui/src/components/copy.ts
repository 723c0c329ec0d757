// Puts text on the clipboard and says what was copied.
import { notifications } from "@mantine/notifications";

export async function copyText(text: string, what: string) {
  await copied(text, what, `${what} copied: ${text}`, `Select it by hand: ${text}`);
}

/** For an address that opens a client's billing to whoever has it: it is not shown. */
export async function copyAddress(address: string) {
  await copied(address, "Link", "Link copied", "Make the link again.");
}

async function copied(text: string, what: string, message: string, instead: string) {
  try {
    await navigator.clipboard.writeText(text);
    notifications.show({ id: "copied", message, autoClose: 2500 });
  } catch {
    notifications.show({
      id: "copied",
      color: "red",
      title: `${what} was not copied`,
      message: `The system refused the clipboard. ${instead}`,
    });
  }
}
