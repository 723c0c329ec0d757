// The link to send a client now, why, and what else there is.
import { Alert, Button, List, Text } from "@mantine/core";
import { IconAlertTriangle, IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { Section } from "../../components/Section";
import { Loading, Problem } from "../../components/States";
import { usePageKeys } from "../../components/usePageKeys";
import type { Delivery, SuggestedLink } from "../../ipc/bindings";
import { problem } from "../../ipc/errors";
import { deliveries } from "./deliveries";
import styles from "./Links.module.css";
import { useIssueLink } from "./mutations";
import { recommendationQuery } from "./queries";
import type { Sending } from "./SendLinkDialog";

interface Props {
  workspace: string;
  client: string;
  /** Come to for the link itself: its dialog opens as soon as it is known which one it is. */
  asked: boolean;
  onAsked: () => void;
  /** Shows what there is to check before a link leaves. */
  onSend: (sending: Sending) => void;
  onSetUp: (then: () => void) => void;
}

/** What core found in its last check is shown by the dialog, which checks the same. */
const saysTheCheck = ["link_not_possible", "invalid", "conflict"];

export function NextLinkSection({ workspace, client, asked, onAsked, onSend, onSetUp }: Props) {
  const recommendation = useQuery(recommendationQuery(workspace, client));
  const [others, setOthers] = useState(false);
  const list = useId();
  const link = recommendation.data?.link;

  const send = ({ title, request }: SuggestedLink, delivery: Delivery = request.delivery) =>
    onSend({ client, title, request: { ...request, delivery } });

  const open = useIssueLink(workspace, client, {
    handles: ({ code }) => saysTheCheck.includes(code) || code === "portal_configuration_needed",
    onError: (error, request) => {
      const { code } = problem(error);
      if (code === "portal_configuration_needed") onSetUp(() => open.run(request));
      else if (link && saysTheCheck.includes(code)) send(link);
    },
  });

  function follow() {
    if (!link || !recommendation.data) return;
    const { purpose, delivery } = link.request;
    // Opening a portal here shows nothing to anybody else, so without warnings one click is enough.
    const plain = purpose === "portal_home" && delivery === "open";
    if (plain && recommendation.data.warnings.length === 0) open.run(link.request);
    else send(link);
  }

  usePageKeys({ l: follow });

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known.
  useEffect(() => {
    if (!asked || !recommendation.data) return;
    onAsked();
    if (link) send(link);
  }, [asked, recommendation.data]);

  if (recommendation.isError) {
    return (
      <Section title="Next link">
        <Problem error={recommendation.error} onRetry={() => void recommendation.refetch()} />
      </Section>
    );
  }
  if (!recommendation.data) {
    return (
      <Section title="Next link">
        <Loading label="Choosing the next link" lines={3} />
      </Section>
    );
  }
  const { reason, warnings, alternatives } = recommendation.data;
  const Icon = link && deliveries[link.request.delivery].icon;
  return (
    <Section title="Next link">
      <div className={styles["card"]}>
        <div className={styles["choice"]}>
          <div className={styles["words"]}>
            <Text size="sm" fw={600}>
              {link ? link.title : "No link would work now"}
            </Text>
            <Text size="sm">{reason}</Text>
            {link && (
              <Text size="xs" c="dimmed">
                Lives: {link.lifetime.words}
              </Text>
            )}
          </div>
          {link && Icon && (
            <Button
              leftSection={<Icon size={14} />}
              loading={open.isPending}
              title="Next link (l)"
              onClick={follow}
            >
              {link.title}
            </Button>
          )}
        </div>
        {warnings.length > 0 && (
          <Alert mt="sm" color="yellow" icon={<IconAlertTriangle size={18} />}>
            <List size="sm">
              {warnings.map((warning) => (
                <List.Item key={warning}>{warning}</List.Item>
              ))}
            </List>
          </Alert>
        )}
        {alternatives.length > 0 && (
          <>
            <Button
              mt="xs"
              size="compact-xs"
              variant="subtle"
              aria-expanded={others}
              aria-controls={list}
              rightSection={others ? <IconChevronUp size={14} /> : <IconChevronDown size={14} />}
              onClick={() => setOthers(!others)}
            >
              Other links ({alternatives.length})
            </Button>
            <ul id={list} className={styles["others"]} aria-label="Other links" hidden={!others}>
              {alternatives.map((each) => (
                <OtherLink
                  key={`${each.request.purpose} ${each.title}`}
                  link={each}
                  onSend={(delivery) => send(each, delivery)}
                />
              ))}
            </ul>
          </>
        )}
      </div>
    </Section>
  );
}

function OtherLink({
  link: { title, reason, lifetime },
  onSend,
}: {
  link: SuggestedLink;
  onSend: (delivery: Delivery) => void;
}) {
  return (
    <li className={styles["choice"]}>
      <div className={styles["words"]}>
        <Text size="sm" fw={500}>
          {title}
        </Text>
        <Text size="xs">{reason}</Text>
        <Text size="xs" c="dimmed">
          Lives: {lifetime.words}
          {lifetime.not_mailed_because && ` · Not by mail: ${lifetime.not_mailed_because}`}
        </Text>
      </div>
      <Button.Group>
        {lifetime.deliveries.map((delivery) => {
          const { label, icon: Icon } = deliveries[delivery];
          return (
            <Button
              key={delivery}
              variant="default"
              leftSection={<Icon size={14} />}
              aria-label={`${title}: ${label}`}
              onClick={() => onSend(delivery)}
            >
              {label}
            </Button>
          );
        })}
      </Button.Group>
    </li>
  );
}
