// Keeps a page that holds something unsaved from being left by mistake.
import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useBlocker } from "@tanstack/react-router";
import { useCallback, useRef } from "react";

/** Answers a function to call just before the page is left on purpose. */
export function useUnsaved(unsaved: boolean): () => void {
  const free = useRef(false);
  useBlocker({
    shouldBlockFn: () => unsaved && !free.current && askToStay(),
    // A reload or the end of the window is not asked about: Tauri's windows show no such question.
    enableBeforeUnload: false,
  });
  return useCallback(() => {
    free.current = true;
  }, []);
}

const askToStay = () =>
  new Promise<boolean>((stay) =>
    modals.openConfirmModal({
      title: "Leave without saving?",
      children: <Text size="sm">What you changed here is lost.</Text>,
      labels: { confirm: "Leave", cancel: "Stay" },
      confirmProps: { color: "red" },
      onConfirm: () => stay(false),
      onClose: () => stay(true),
    }),
  );
