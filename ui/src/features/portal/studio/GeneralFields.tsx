// Of portal settings: their name, and what the portal's page says and links to.
import { SimpleGrid, Switch, Text, TextInput } from "@mantine/core";
import { Section } from "../../../components/Section";
import { useFound } from "./findings";
import type { Settings } from "./settings";

export interface FieldsProps {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
}

const texts = [
  { field: "headline", label: "Headline", hint: "At the top of the portal's page." },
  { field: "default_return_url", label: "Return link", hint: "Where the page's back link leads." },
  { field: "privacy_policy_url", label: "Privacy policy", hint: "An address beginning https://" },
  {
    field: "terms_of_service_url",
    label: "Terms of service",
    hint: "An address beginning https://",
  },
] as const;

export function GeneralFields({ settings, onChange }: FieldsProps) {
  const found = useFound();
  return (
    <Section title="General">
      <TextInput
        label="Name"
        maxLength={256}
        {...found("name", "Only for you: clients do not see it.")}
        value={settings.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="sm" spacing="sm">
        {texts.map(({ field, label, hint }) => (
          <TextInput
            key={field}
            label={label}
            {...found(field, hint)}
            value={settings[field]}
            onChange={(event) => onChange({ [field]: event.currentTarget.value })}
          />
        ))}
      </SimpleGrid>
      <Switch
        mt="md"
        label="Login page"
        {...found(
          "login_page",
          "A public address where clients get in by a code sent to their email. Mailed links need it.",
        )}
        checked={settings.login_page}
        onChange={(event) => onChange({ login_page: event.currentTarget.checked })}
      />
      <Text size="xs" c="dimmed" mt="sm">
        Business name, support address, logo and colours are the same for all settings; they are set
        in Stripe's Dashboard.
      </Text>
    </Section>
  );
}
