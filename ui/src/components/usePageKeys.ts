// Single keys of a page: silent while one types, and while a dialog or a menu has the keyboard.
import { useHotkeys } from "@mantine/hooks";

const ELSEWHERE = '[role="dialog"], [role="menu"], [role="listbox"]';

export function usePageKeys(keys: Record<string, () => void>) {
  useHotkeys(
    Object.entries(keys).map(([key, act]) => [
      key,
      ({ target }) => {
        if (!(target instanceof Element && target.closest(ELSEWHERE))) act();
      },
    ]),
  );
}
