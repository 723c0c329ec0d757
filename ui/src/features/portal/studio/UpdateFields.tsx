// Of portal settings: changing plan and quantity, and how a change is settled.
import { Select, SimpleGrid, Stack, Switch } from "@mantine/core";
import { Section } from "../../../components/Section";
import { Choices } from "./Choices";
import { useFound } from "./findings";
import type { FieldsProps } from "./GeneralFields";
import { ProductsPicker } from "./ProductsPicker";
import { anchors, atPeriodEnd, changes, type Settings, trials, updateProrations } from "./settings";

const selects = [
  { field: "proration", label: "The difference is settled", data: updateProrations },
  { field: "billing_cycle_anchor", label: "The billing period", data: anchors },
  { field: "trial", label: "A running trial", data: trials },
] as const;

export function UpdateFields({
  workspace,
  settings: { update },
  onChange,
}: FieldsProps & { workspace: string }) {
  const found = useFound();
  const set = (change: Partial<Settings["update"]>) =>
    onChange({ update: { ...update, ...change } });
  return (
    <Section title="Changing plans">
      <Stack gap="sm">
        <Switch
          label="Change subscriptions"
          {...found("update")}
          checked={update.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        {update.enabled && (
          <>
            <Choices
              label="What they may change"
              {...found("update.allowed")}
              data={changes}
              value={update.allowed}
              onChange={(allowed) => set({ allowed })}
            />
            <ProductsPicker
              workspace={workspace}
              {...found("update.products", "At most ten products, with one price or several each.")}
              value={update.products}
              onChange={(products) => set({ products })}
            />
            <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
              {selects.map(({ field, label, data }) => (
                <Select
                  key={field}
                  label={label}
                  allowDeselect={false}
                  {...found(`update.${field}`)}
                  data={data}
                  value={update[field]}
                  onChange={(value) => value && set({ [field]: value })}
                />
              ))}
            </SimpleGrid>
            <Choices
              label="What waits for the end of the paid period"
              {...found("update.at_period_end")}
              data={atPeriodEnd}
              value={update.at_period_end}
              onChange={(chosen) => set({ at_period_end: chosen })}
            />
          </>
        )}
      </Stack>
    </Section>
  );
}
