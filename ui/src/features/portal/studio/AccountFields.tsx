// Of portal settings: what clients may do about themselves, their invoices and how they pay.
import { Stack, Switch, TextInput } from "@mantine/core";
import { Section } from "../../../components/Section";
import { Choices } from "./Choices";
import { useFound } from "./findings";
import type { FieldsProps } from "./GeneralFields";
import { updatable } from "./settings";

export function AccountFields({ settings, onChange }: FieldsProps) {
  const found = useFound();
  const { customer_update: details, payment_method_update: method } = settings;
  return (
    <Section title="Account">
      <Stack gap="sm">
        <Switch
          label="See and download invoices"
          {...found("invoice_history")}
          checked={settings.invoice_history}
          onChange={(event) => onChange({ invoice_history: event.currentTarget.checked })}
        />
        <Switch
          label="Change their details"
          {...found("customer_update")}
          checked={details.enabled}
          onChange={(event) =>
            onChange({ customer_update: { ...details, enabled: event.currentTarget.checked } })
          }
        />
        {details.enabled && (
          <Choices
            label="Details they may change"
            {...found("customer_update.allowed")}
            data={updatable}
            value={details.allowed}
            onChange={(allowed) => onChange({ customer_update: { ...details, allowed } })}
          />
        )}
        <Switch
          label="Replace the payment method"
          {...found("payment_method_update")}
          checked={method.enabled}
          onChange={(event) =>
            onChange({
              payment_method_update: { ...method, enabled: event.currentTarget.checked },
            })
          }
        />
        {method.enabled && (
          <TextInput
            label="Payment method settings"
            placeholder="pmc_…"
            spellCheck={false}
            {...found(
              "payment_method_update.configuration",
              "An id from Stripe's Dashboard; empty: the account's own.",
            )}
            value={method.configuration ?? ""}
            onChange={(event) =>
              onChange({
                payment_method_update: {
                  ...method,
                  configuration: event.currentTarget.value.trim() || null,
                },
              })
            }
          />
        )}
      </Stack>
    </Section>
  );
}
