// A client at the end of a day as lines that can be laid beside those of another day.
import { date, money } from "../../format";
import type { ClientAt } from "../../ipc/bindings";

interface Fact {
  words: string;
  since: string | null;
}

/** One line: what it is about, and what was so; `none` says it where nothing was. */
export interface Aspect {
  label: string;
  facts: Fact[];
  none: string;
}

export function aspectsOf({ who, plans, cards }: ClientAt): Aspect[] {
  const since = who.since && date(who.since);
  const said = (words: string | null): Fact[] => (words ? [{ words, since: null }] : []);
  return [
    {
      label: "Name",
      facts: who.name ? [{ words: who.name, since }] : [],
      none: "none",
    },
    { label: "Email", facts: said(who.email), none: "none" },
    { label: "Phone", facts: said(who.phone), none: "none" },
    { label: "Address", facts: said(who.address.join(", ")), none: "none" },
    { label: "Tax ids", facts: said(who.tax_ids.join(", ")), none: "none" },
    {
      label: "Plan",
      facts: plans.map((plan) => ({
        words: plan.amount ? `${plan.words}, ${money(plan.amount)} a month` : plan.words,
        since: plan.since && date(plan.since),
      })),
      none: "no plan",
    },
    {
      label: "Payment methods",
      facts: cards.map((card) => ({ words: card.words, since: card.since && date(card.since) })),
      none: "none stored",
    },
  ];
}

/** Whether two days say the same; since when they do may differ. */
export function sameAs(one: Aspect, other: Aspect): boolean {
  const words = ({ facts }: Aspect) => facts.map((fact) => fact.words).join("\n");
  return words(one) === words(other);
}
