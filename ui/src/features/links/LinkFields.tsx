// What a person may choose about a link before it leaves: only what its purpose takes, and only where there is a choice.
import { NumberInput, Select, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { money } from "../../format";
import type { LinkPurpose, LinkRequest, Preflight } from "../../ipc/bindings";
import { choicesQuery, clientQuery, configurationsQuery } from "../../ipc/reads";

const takesPrice: readonly LinkPurpose[] = ["confirm_plan", "checkout", "payment_link"];
const actsOnSubscription: readonly LinkPurpose[] = [
  "cancel",
  "pause",
  "change_plan",
  "confirm_plan",
];

interface Props {
  workspace: string;
  client: string;
  request: LinkRequest;
  checked: Preflight;
  onChange: (change: Partial<LinkRequest>) => void;
}

export function LinkFields(props: Props) {
  const { request, checked, onChange } = props;
  const { purpose, delivery } = request;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      {delivery !== "open" && checked.recipients.length > 0 && (
        <Select
          label="Recipient"
          allowDeselect={false}
          data={checked.recipients.map(({ email, who }) => ({
            value: email,
            label: `${who} · ${email}`,
          }))}
          value={request.recipient ?? checked.recipient}
          onChange={(recipient) => onChange({ recipient })}
        />
      )}
      <ClientChoices {...props} />
      {takesPrice.includes(purpose) && <PlanFields {...props} />}
      {purpose === "cancel" && <CouponField {...props} />}
      {checked.configuration && <ConfigurationField {...props} />}
    </SimpleGrid>
  );
}

/** Among the client's own customers, subscriptions and open invoices, where there are several. */
function ClientChoices({ workspace, client, request, checked, onChange }: Props) {
  const page = useQuery(clientQuery(workspace, client)).data;
  const filled = checked.request;
  const customers = page?.customers.filter(({ deleted }) => !deleted) ?? [];
  const customer = request.customer ?? filled.customer;
  const ofCustomer = (each: { customer: string }) =>
    customer === null || each.customer === customer;
  const subscriptions = (page?.subscriptions ?? []).filter(
    (each) => ofCustomer(each) && each.ended_at === null,
  );
  const invoices = (page?.invoices ?? []).filter(
    (each) => ofCustomer(each) && each.has_page && (each.remaining.amount ?? 0) > 0,
  );
  return (
    <>
      {customers.length > 1 && (
        <Select
          label="Customer"
          allowDeselect={false}
          data={customers.map(({ id, name, email }) => ({
            value: id,
            label: [name ?? id, email].filter(Boolean).join(" · "),
          }))}
          value={customer}
          // What was chosen of one customer is not another's.
          onChange={(next) => onChange({ customer: next, subscription: null, invoice: null })}
        />
      )}
      {actsOnSubscription.includes(request.purpose) && subscriptions.length > 1 && (
        <Select
          label="Subscription"
          allowDeselect={false}
          data={subscriptions.map(({ id, items, word }) => ({
            value: id,
            label: `${items.map(({ name }) => name).join(", ")} · ${word.label}`,
          }))}
          value={request.subscription ?? filled.subscription}
          onChange={(subscription) => onChange({ subscription })}
        />
      )}
      {request.purpose === "pay_invoice" && invoices.length > 1 && (
        <Select
          label="Invoice"
          allowDeselect={false}
          data={invoices.map(({ id, number, remaining }) => ({
            value: id,
            label: `${number ?? "Draft"} · ${money(remaining)}`,
          }))}
          value={request.invoice ?? filled.invoice}
          onChange={(invoice) => onChange({ invoice })}
        />
      )}
    </>
  );
}

function PlanFields({ workspace, request, checked, onChange }: Props) {
  const products = useQuery(choicesQuery(workspace)).data?.products ?? [];
  // The portal confirms only what it may switch to; a checkout sells any price that is on offer.
  const offered = request.purpose === "confirm_plan" ? "switchable" : "active";
  return (
    <>
      <Select
        label="Plan"
        placeholder="Choose a price"
        searchable
        data={products.map(({ name, prices }) => ({
          group: name,
          items: prices.map((price) => ({
            value: price.id,
            label: `${name}, ${price.words}`,
            disabled: !price[offered],
          })),
        }))}
        value={request.price ?? checked.request.price}
        onChange={(price) => onChange({ price })}
      />
      <NumberInput
        label="Quantity"
        min={1}
        allowDecimal={false}
        allowNegative={false}
        value={request.quantity ?? checked.request.quantity ?? ""}
        onChange={(value) => onChange({ quantity: typeof value === "number" ? value : null })}
      />
    </>
  );
}

function CouponField({ workspace, request, onChange }: Props) {
  const coupons = useQuery(choicesQuery(workspace)).data?.coupons ?? [];
  return (
    <Select
      label="Offer to stay"
      description="A coupon shown before the cancellation"
      placeholder="None"
      clearable
      data={coupons.map(({ id, words }) => ({ value: id, label: words }))}
      value={request.coupon}
      onChange={(coupon) => onChange({ coupon })}
    />
  );
}

function ConfigurationField({ workspace, request, onChange }: Props) {
  const configurations = useQuery(configurationsQuery(workspace)).data ?? [];
  return (
    <Select
      label="Portal settings"
      placeholder="As the rules choose"
      clearable
      data={configurations
        .filter(({ active, id }) => active || id === request.configuration)
        .map(({ id, label }) => ({ value: id, label }))}
      value={request.configuration}
      onChange={(configuration) => onChange({ configuration })}
    />
  );
}
