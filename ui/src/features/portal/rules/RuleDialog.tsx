// One rule: for which clients it holds, every condition that is set, and the portal settings they get.
import { Modal, MultiSelect, NumberInput, Select, SimpleGrid, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { FormActions } from "../../../components/FormActions";
import type {
  BillingInterval,
  PortalChoices,
  PortalConfigurationRow,
  PortalRule,
  PortalRuleConditions,
  Segment,
} from "../../../ipc/bindings";
import { billedEvery } from "./words";

interface Props {
  /** Empty for a new one. */
  rule: PortalRule | null;
  segments: readonly Segment[];
  configurations: readonly PortalConfigurationRow[];
  choices: PortalChoices | undefined;
  onPut: (rule: PortalRule) => void;
  onClose: () => void;
}

const numbers = [
  { field: "younger_than_months", label: "Subscribed for less than … months" },
  { field: "older_than_months", label: "Subscribed for at least … months" },
  { field: "min_subscriptions", label: "At least … running subscriptions" },
  { field: "max_subscriptions", label: "At most … running subscriptions" },
] as const;

export function RuleDialog({ rule, segments, configurations, choices, onPut, onClose }: Props) {
  const [name, setName] = useState(rule?.name ?? "");
  const [when, setWhen] = useState<PortalRuleConditions>(rule?.when ?? {});
  const [configuration, setConfiguration] = useState(rule?.configuration ?? null);
  const [tried, setTried] = useState(false);
  const set = (part: PortalRuleConditions) => setWhen({ ...when, ...part });
  const products = choices?.products ?? [];

  function send(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    const called = name.trim();
    if (called === "" || configuration === null) return;
    const id = rule?.id ?? `pr_${crypto.randomUUID().replaceAll("-", "")}`;
    onPut({ id, name: called, when, configuration });
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={rule ? `Edit ${rule.name}` : "New rule"}
      size="lg"
      closeOnClickOutside={false}
    >
      <form onSubmit={send} noValidate>
        <TextInput
          label="Name"
          placeholder="Annual clients in their first six months"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && name.trim() === "" ? "Say for whom the rule is." : undefined}
          data-autofocus
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} mt="sm" spacing="sm">
          <MultiSelect
            label="In one of these segments"
            placeholder={when.segments?.length ? "" : "Any, or none"}
            data={segments.map((each) => ({ value: each.id, label: each.name }))}
            value={when.segments ?? []}
            onChange={(chosen) => set({ segments: chosen })}
          />
          <Select
            label="Billed"
            placeholder="However often"
            clearable
            data={Object.entries(billedEvery).map(([value, label]) => ({ value, label }))}
            value={when.interval ?? null}
            onChange={(interval) => set({ interval: interval as BillingInterval | null })}
          />
          <MultiSelect
            label="On one of these products"
            placeholder={when.products?.length ? "" : "Any"}
            searchable
            data={products.map((each) => ({ value: each.id, label: each.name }))}
            value={when.products ?? []}
            onChange={(chosen) => set({ products: chosen })}
          />
          <MultiSelect
            label="At one of these prices"
            placeholder={when.prices?.length ? "" : "Any"}
            searchable
            data={products.map((product) => ({
              group: product.name,
              items: product.prices.map((price) => ({
                value: price.id,
                label: `${product.name}, ${price.words}`,
              })),
            }))}
            value={when.prices ?? []}
            onChange={(chosen) => set({ prices: chosen })}
          />
          {numbers.map(({ field, label }) => (
            <NumberInput
              key={field}
              size="sm"
              label={label}
              min={0}
              allowDecimal={false}
              allowNegative={false}
              value={when[field] ?? ""}
              onChange={(value) => set({ [field]: typeof value === "number" ? value : null })}
            />
          ))}
        </SimpleGrid>
        <Select
          mt="sm"
          label="Portal settings"
          placeholder="Choose what these clients get"
          allowDeselect={false}
          data={configurations
            .filter(({ active, id }) => active || id === configuration)
            .map(({ id, label }) => ({ value: id, label }))}
          value={configuration}
          onChange={setConfiguration}
          error={tried && configuration === null ? "Choose the portal settings." : undefined}
        />
        <FormActions submit={rule ? "Change" : "Add"} running={false} onCancel={onClose} />
      </form>
    </Modal>
  );
}
