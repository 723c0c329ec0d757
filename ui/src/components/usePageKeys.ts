// Single keys of a page: silent while one types, and while a dialog or a menu has the keyboard.
import { useHotkeys } from "@mantine/hooks";

const ELSEWHERE = '[role="dialog"], [role="menu"], [role="listbox"]';
// A dialog has the keyboard as soon as it is there, a moment before it has the focus.
const OPEN_DIALOG = '[role="dialog"]';

export function usePageKeys(keys: Record<string, () => void>) {
  useHotkeys(
    Object.entries(keys).map(([key, act]) => [
      key,
      ({ target }) => {
        const elsewhere = target instanceof Element && target.closest(ELSEWHERE);
        if (!elsewhere && !document.querySelector(OPEN_DIALOG)) act();
      },
    ]),
  );
}
