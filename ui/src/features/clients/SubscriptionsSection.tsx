// What a client is subscribed to: items, price, quantity, when each renews, and what is about to end.
import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Money } from "../../components/Money";
import { Section } from "../../components/Section";
import { NoneYet } from "../../components/States";
import { StripeObject } from "../../components/StripeObject";
import { Time } from "../../components/Time";
import { WordBadge } from "../../components/WordBadge";
import { decimal } from "../../format";
import type { ClientPage, PaymentMethod, Subscription } from "../../ipc/bindings";
import type { PortalActions } from "./actions";
import { NotRead } from "./NotRead";
import styles from "./SubscriptionsSection.module.css";

interface Props {
  workspace: string;
  client: string;
  page: ClientPage;
  zone: string;
  portal: PortalActions;
}

export function SubscriptionsSection({ workspace, client, page, zone, portal }: Props) {
  return (
    <Section title="Subscriptions">
      {page.not_read.includes("subscriptions") ? (
        <NotRead workspace={workspace} what="subscriptions" />
      ) : (
        page.subscriptions.length === 0 && <NoneYet>Never subscribed.</NoneYet>
      )}
      <div>
        {page.subscriptions.map((subscription) => (
          <StripeObject
            key={subscription.id}
            label={`Subscription ${subscription.items[0]?.name ?? subscription.id}`}
            id={subscription.id}
            amount={subscription.monthly ? decimal(subscription.monthly) : undefined}
            onStripe={() => portal.openInStripe(client, subscription.id)}
          >
            <Group justify="space-between" gap="md" wrap="nowrap" align="baseline">
              <Group gap="xs">
                <WordBadge word={subscription.word} />
                {subscription.pause && <WordBadge word={subscription.pause} />}
                <Facts subscription={subscription} zone={zone} methods={page.payment_methods} />
              </Group>
              {subscription.monthly && (
                <Text size="sm" fw={500} style={{ whiteSpace: "nowrap" }}>
                  <Money value={subscription.monthly} /> a month
                </Text>
              )}
            </Group>
            <table className={styles["items"]}>
              <tbody>
                {subscription.items.map((item) => (
                  <tr key={item.id}>
                    <td>
                      {item.name}
                      {item.quantity !== null && item.quantity !== 1 && ` × ${item.quantity}`}
                    </td>
                    <td>
                      <Text span inherit c="dimmed">
                        {item.price_words}
                      </Text>
                    </td>
                    <td>
                      {item.renews_at && (
                        <Text span inherit c="dimmed">
                          renews <Time at={item.renews_at} zone={zone} />
                        </Text>
                      )}
                    </td>
                    <td className={styles["amount"]}>
                      {item.amount ? <Money value={item.amount} /> : "by usage"}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </StripeObject>
        ))}
      </div>
    </Section>
  );
}

function Facts({
  subscription,
  zone,
  methods,
}: {
  subscription: Subscription;
  zone: string;
  methods: PaymentMethod[];
}) {
  const day = (at: string | null, before: string): ReactNode =>
    at && (
      <span key={before}>
        {before} <Time at={at} zone={zone} />
      </span>
    );
  const method = methods.find(({ id }) => id === subscription.default_payment_method);
  const facts = [
    day(subscription.trial_ends_at, "trial until"),
    day(subscription.ends_at, "ends"),
    day(subscription.resumes_at, "resumes"),
    day(subscription.ended_at, "ended"),
    ...subscription.discounts,
    subscription.collection,
    method && `with ${method.label}`,
  ].filter(Boolean);
  return (
    <Text size="xs" c="dimmed" component="span">
      {facts.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the facts of one subscription keep their order.
        <span key={index}>
          {index > 0 && " · "}
          {fact}
        </span>
      ))}
    </Text>
  );
}
