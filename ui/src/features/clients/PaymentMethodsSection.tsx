// How a client pays: what is stored in Stripe, when it expires, and where it is the default.
import { Group, Text } from "@mantine/core";
import { Section } from "../../components/Section";
import { NoneYet } from "../../components/States";
import { StripeObject } from "../../components/StripeObject";
import { WordBadge } from "../../components/WordBadge";
import type { ClientPage } from "../../ipc/bindings";
import type { PortalActions } from "./actions";
import { NotRead } from "./NotRead";

interface Props {
  workspace: string;
  client: string;
  page: ClientPage;
  portal: PortalActions;
}

export function PaymentMethodsSection({ workspace, client, page, portal }: Props) {
  return (
    <Section title="Payment methods">
      {page.not_read.includes("payment_methods") ? (
        <NotRead workspace={workspace} what="payment methods" />
      ) : (
        page.payment_methods.length === 0 && <NoneYet>None stored in Stripe.</NoneYet>
      )}
      <div>
        {page.payment_methods.map((method) => (
          <StripeObject
            key={method.id}
            label={method.label}
            id={method.id}
            onStripe={() => portal.openInStripe(client, method.id)}
          >
            <Group gap="xs">
              <Text size="sm" fw={500}>
                {method.label}
              </Text>
              {method.expiry && <WordBadge word={method.expiry} />}
            </Group>
            <Text size="xs" c="dimmed">
              {[
                method.expires && `Expires ${method.expires}`,
                method.default_for.length > 0 && `default for ${method.default_for.join(", ")}`,
              ]
                .filter(Boolean)
                .join(" · ")}
            </Text>
          </StripeObject>
        ))}
      </div>
    </Section>
  );
}
