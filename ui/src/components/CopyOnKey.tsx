// An object one can focus and copy from with one key: y its id, c its email, a its amount.
import type { KeyboardEvent, ReactNode } from "react";
import styles from "./CopyOnKey.module.css";
import { copyText } from "./copy";

interface Props {
  label: string;
  id?: string | undefined;
  email?: string | null | undefined;
  amount?: string | undefined;
  className?: string | undefined;
  children: ReactNode;
}

export function CopyOnKey({ label, id, email, amount, className, children }: Props) {
  const copies: Record<string, { text: string | null | undefined; what: string }> = {
    y: { text: id, what: "Id" },
    c: { text: email, what: "Email" },
    a: { text: amount, what: "Amount" },
  };

  function onKeyDown(event: KeyboardEvent) {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) {
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const copy = copies[event.key];
    if (!copy?.text) return;
    event.preventDefault();
    event.stopPropagation();
    void copyText(copy.text, copy.what);
  }

  return (
    <article
      className={`${styles["object"]} ${className ?? ""}`}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: focusing an object is what its copy keys need.
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {children}
    </article>
  );
}
