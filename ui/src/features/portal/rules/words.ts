// A rule's conditions in words.
import type {
  BillingInterval,
  PortalChoices,
  PortalRuleConditions,
  Segment,
} from "../../../ipc/bindings";

export const billedEvery: Record<BillingInterval, string> = {
  day: "daily",
  week: "weekly",
  month: "monthly",
  year: "yearly",
};

const months = (count: number) => (count === 1 ? "1 month" : `${count} months`);

export function conditionWords(
  when: PortalRuleConditions,
  segments: readonly Segment[],
  choices: PortalChoices | undefined,
): string {
  const products = choices?.products ?? [];
  const named = (ids: readonly string[], known: readonly { id: string; name: string }[]) =>
    ids.map((id) => known.find((each) => each.id === id)?.name ?? id).join(" or ");
  const prices = products.flatMap(({ name, prices: all }) =>
    all.map(({ id, words }) => ({ id, name: `${name}, ${words}` })),
  );
  const { min_subscriptions: least, max_subscriptions: most } = when;
  const parts = [
    when.segments?.length && `in ${named(when.segments, segments)}`,
    when.products?.length && `on ${named(when.products, products)}`,
    when.prices?.length && `on ${named(when.prices, prices)}`,
    when.interval && `billed ${billedEvery[when.interval]}`,
    typeof when.younger_than_months === "number" &&
      `subscribed for less than ${months(when.younger_than_months)}`,
    typeof when.older_than_months === "number" &&
      `subscribed for ${months(when.older_than_months)} or longer`,
    typeof least === "number" && `with at least ${least} running subscriptions`,
    typeof most === "number" && `with at most ${most} running subscriptions`,
  ].filter(Boolean);
  return parts.length === 0 ? "Every client" : `Clients ${parts.join(", ")}`;
}
