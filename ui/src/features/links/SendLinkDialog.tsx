// Just before a link leaves: to whom, in whose name, what was checked; nothing is made until its button is pressed.
import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  Text,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Loading, Problem } from "../../components/States";
import type { Delivery, LinkRequest, Preflight } from "../../ipc/bindings";
import { problem } from "../../ipc/errors";
import { CheckList } from "./CheckList";
import { deliveries, everyDelivery } from "./deliveries";
import { LinkFields } from "./LinkFields";
import styles from "./Links.module.css";
import { useIssueLink } from "./mutations";
import { checkQuery } from "./queries";

/** A link that somebody wants to send. */
export interface Sending {
  client: string;
  title: string;
  request: LinkRequest;
}

interface Props extends Sending {
  workspace: string;
  /** Asks for the portal's set-up; `then` runs once it exists. */
  onSetUp: (then: () => void) => void;
  onClose: () => void;
}

/** What the app or the frame answers is no error of the link. */
const answeredElsewhere = ["staff_needed", "cancelled", "portal_configuration_needed"];

export function SendLinkDialog({ workspace, client, title, request: first, ...props }: Props) {
  const { onSetUp, onClose } = props;
  const [request, setRequest] = useState<LinkRequest>({ ...first, warnings_seen: false });
  const [settled] = useDebouncedValue(request, 200);
  const check = useQuery(checkQuery(workspace, client, settled));
  // A check that fails leaves the fields on screen, so that what it is about can be changed.
  const latest = useRef<Preflight | undefined>(undefined);
  useEffect(() => {
    if (check.data) latest.current = check.data;
  });
  const checked = check.data ?? latest.current;
  const checking = check.isFetching || settled !== request;

  const warnings = JSON.stringify(
    checked?.checks.filter(({ outcome }) => outcome === "warning") ?? [],
  );
  const [seen, setSeen] = useState<string | null>(null);
  const warned = warnings !== "[]";

  const issue = useIssueLink(workspace, client, {
    // Shown in the dialog, which stays open.
    handles: () => true,
    onSuccess: onClose,
    onError: (error, asked) => {
      if (problem(error).code === "portal_configuration_needed") onSetUp(() => issue.run(asked));
      else void check.refetch();
    },
  });
  const failure = issue.error && problem(issue.error);
  const mayLeave =
    checked?.may_leave === true && !checking && !check.isError && (!warned || seen === warnings);

  function send(event: FormEvent) {
    event.preventDefault();
    // What was checked is what leaves, with all that was filled in.
    if (checked && mayLeave) issue.run({ ...checked.request, warnings_seen: warned });
  }

  return (
    <Modal
      opened
      onClose={() => !issue.isPending && onClose()}
      title={title}
      size="lg"
      closeOnClickOutside={false}
    >
      <form onSubmit={send} noValidate>
        <Stack gap="md">
          {!checked && check.isPending && <Loading label="Checking the link" lines={6} />}
          {checked && (
            <>
              <Facts checked={checked} delivery={request.delivery} />
              <DeliveryChoice
                checked={checked}
                value={request.delivery}
                onChange={(delivery) => setRequest({ ...request, delivery })}
              />
              <LinkFields
                workspace={workspace}
                client={client}
                request={request}
                checked={checked}
                onChange={(change) => setRequest({ ...request, ...change })}
              />
              <div aria-busy={checking} aria-live="polite">
                {!check.isError && <CheckList checks={checked.checks} />}
              </div>
            </>
          )}
          {check.isError && <Problem error={check.error} onRetry={() => void check.refetch()} />}
          {checked?.may_leave && warned && !check.isError && (
            <Checkbox
              size="sm"
              label="I have seen the warnings"
              checked={seen === warnings}
              onChange={(event) => setSeen(event.currentTarget.checked ? warnings : null)}
            />
          )}
          {failure && !answeredElsewhere.includes(failure.code) && (
            <Alert color="red" role="alert" title="The link was not made">
              {failure.message}
            </Alert>
          )}
        </Stack>
        <Group justify="flex-end" gap="xs" mt="lg">
          <Button variant="default" disabled={issue.isPending} onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={issue.isPending} disabled={!mayLeave} data-autofocus>
            {deliveries[request.delivery].act}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function Facts({ checked, delivery }: { checked: Preflight; delivery: Delivery }) {
  const { client_name: name, customer, recipient, configuration, lifetime } = checked;
  const facts: [string, string | null][] = [
    ["Client", name],
    ["Customer", customer],
    ["Recipient", delivery === "open" ? null : recipient],
    [
      "Portal settings",
      configuration && [configuration.name, configuration.because].filter(Boolean).join(", "),
    ],
    ["Lives", lifetime.words],
  ];
  return (
    <dl className={styles["facts"]}>
      {facts.map(
        ([term, value]) =>
          value !== null && (
            <div key={term} style={{ display: "contents" }}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function DeliveryChoice({
  checked: { lifetime },
  value,
  onChange,
}: {
  checked: Preflight;
  value: Delivery;
  onChange: (delivery: Delivery) => void;
}) {
  return (
    <div>
      <SegmentedControl
        size="xs"
        aria-label="How it leaves"
        data={everyDelivery.map((delivery) => ({
          value: delivery,
          label: deliveries[delivery].label,
          disabled: delivery !== value && !lifetime.deliveries.includes(delivery),
        }))}
        value={value}
        onChange={onChange}
      />
      {lifetime.not_mailed_because && (
        <Text size="xs" c="dimmed" mt={4}>
          Not by mail: {lifetime.not_mailed_because}
        </Text>
      )}
    </div>
  );
}
