// An object one can focus and act on with one key: y copies its id, c its email, a its amount, s opens it in Stripe.
import { IconCopy, IconExternalLink } from "@tabler/icons-react";
import type { KeyboardEvent, ReactNode } from "react";
import { copyText } from "./copy";
import styles from "./StripeObject.module.css";

interface Props {
  label: string;
  id: string;
  email?: string | null | undefined;
  amount?: string | undefined;
  /** Absent for what Stripe does not know. */
  onStripe?: (() => void) | undefined;
  /** Buttons before the common ones. */
  tools?: ReactNode;
  children: ReactNode;
}

export function StripeObject({ label, id, email, amount, onStripe, tools, children }: Props) {
  const copyId = () => void copyText(id, "Id");
  const keys: Record<string, (() => void) | undefined> = {
    y: copyId,
    c: email ? () => void copyText(email, "Email") : undefined,
    a: amount ? () => void copyText(amount, "Amount") : undefined,
    s: onStripe,
  };

  function onKeyDown(event: KeyboardEvent) {
    // Inputs and buttons inside keep their own keys.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  return (
    <article
      className={styles["object"]}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an object takes the focus for its keys.
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={styles["content"]}>{children}</div>
      <div className={styles["tools"]}>
        {tools}
        {onStripe && (
          <>
            <Tool label={`Copy the id of ${label}`} hint={`Copy ${id} (y)`} onClick={copyId}>
              <IconCopy size={15} stroke={1.6} />
            </Tool>
            <Tool label={`Open ${label} in Stripe`} hint="Open in Stripe (s)" onClick={onStripe}>
              <IconExternalLink size={15} stroke={1.6} />
            </Tool>
          </>
        )}
      </div>
    </article>
  );
}

interface ToolProps {
  /** Read aloud; names the object too. */
  label: string;
  hint: string;
  onClick: () => void;
  children: ReactNode;
}

/** A small button on an object; plain, as a table of them must scroll. */
export function Tool({ label, hint, onClick, children }: ToolProps) {
  return (
    <button
      type="button"
      className={styles["tool"]}
      aria-label={label}
      title={hint}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
    >
      {children}
    </button>
  );
}
