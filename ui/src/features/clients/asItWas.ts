// A client at the end of a day as lines that can be laid beside those of another day.
import { date, money } from "../../format";
import type { ClientAt, CustomerAt, ItemAt, PaymentMethodAt, Since } from "../../ipc/bindings";

interface Fact {
  /** The object that it is a fact about: a client may have several customers. */
  id: string;
  words: string;
  /** How long it was so. */
  when: string | null;
}

/** One line: what it is about, and what was so; `none` says it where nothing was. */
export interface Aspect {
  label: string;
  facts: Fact[];
  none: string;
}

export function aspectsOf(at: ClientAt, zone: string): Aspect[] {
  const { customers, subscriptions, payment_methods: methods } = at;
  const each = (words: (customer: CustomerAt) => (string | null)[], when = false): Fact[] =>
    customers.flatMap((customer) => {
      const said = words(customer).filter(Boolean).join(", ");
      // One line tells for how long: it is the customer as a whole that Stripe changes.
      return said
        ? [{ id: customer.id, words: said, when: when ? span(customer, zone) : null }]
        : [];
    });
  return [
    { label: "Customer", facts: each(({ name, company }) => [name, company], true), none: "none" },
    { label: "Email", facts: each(({ email }) => [email]), none: "none" },
    { label: "Phone", facts: each(({ phone }) => [phone]), none: "none" },
    { label: "Address", facts: each(({ address }) => address), none: "none" },
    { label: "Tax IDs", facts: each(({ tax_ids: ids }) => ids), none: "none" },
    {
      label: "Plan",
      facts: subscriptions.map(({ id, word, items, ...known }) => ({
        id,
        words: `${items.map(plan).join(" and ")}: ${word.label}`,
        when: span(known, zone),
      })),
      none: "no plan",
    },
    {
      label: "Payment methods",
      facts: methods.map((method) => ({
        id: method.id,
        words: card(method),
        when: span(method, zone),
      })),
      none: "none stored",
    },
  ];
}

/** Whether two days say the same; for how long they do may differ. */
export function sameAs(one: Aspect, other: Aspect): boolean {
  const words = ({ facts }: Aspect) => facts.map((fact) => fact.words).join("\n");
  return words(one) === words(other);
}

function plan({ plan, price_words: price, quantity, amount }: ItemAt): string {
  if (quantity === null || quantity === 1) return `${plan} (${price})`;
  return `${plan} × ${quantity} (${price}${amount ? `, ${money(amount)} in all` : ""})`;
}

function card({ label, expires, default: chosen }: PaymentMethodAt): string {
  return [label, expires && `expires ${expires}`, chosen && "the default"]
    .filter(Boolean)
    .join(", ");
}

// Any change of the object begins a new span, so it says no more than that nothing changed in it.
function span({ since, until }: Since, zone: string): string {
  if (since && until) return `from ${date(since, zone)} until ${date(until, zone)}`;
  if (since) return `unchanged since ${date(since, zone)}`;
  if (until) return `so when it was first read, until ${date(until, zone)}`;
  return "unchanged since it was first read";
}
