// The Stripe customers that belong to a client, and linking more of them.
import { Button, Modal, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconUnlink, IconWindow } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { FormActions } from "../../components/FormActions";
import { errorAt, typed } from "../../components/fields";
import { Money } from "../../components/Money";
import { Section } from "../../components/Section";
import { NoneYet } from "../../components/States";
import { StripeObject, Tool } from "../../components/StripeObject";
import type { ClientPage, Customer } from "../../ipc/bindings";
import type { PortalActions } from "./actions";
import { useLinkCustomer, useUnlinkCustomer } from "./mutations";

interface Props {
  workspace: string;
  client: string;
  page: ClientPage;
  portal: PortalActions;
}

export function CustomersSection({ workspace, client, page, portal }: Props) {
  const [linking, setLinking] = useState(false);
  const unlink = useUnlinkCustomer(workspace, client);

  const confirmUnlinking = (customer: Customer) =>
    modals.openConfirmModal({
      title: `Unlink ${customer.name ?? customer.id}?`,
      children: (
        <Text size="sm">
          The customer becomes a client of its own again. Nothing changes in Stripe.
        </Text>
      ),
      labels: { confirm: "Unlink", cancel: "Cancel" },
      onConfirm: () => unlink.run(customer.id),
    });

  return (
    <Section
      title="Customers in Stripe"
      actions={
        <Button size="compact-xs" variant="subtle" onClick={() => setLinking(true)}>
          Link
        </Button>
      }
    >
      {page.customers.length === 0 && (
        <NoneYet>None yet. Link one to see plans and invoices here.</NoneYet>
      )}
      <div>
        {page.customers.map((customer) => (
          <StripeObject
            key={customer.id}
            label={`Customer ${customer.name ?? customer.id}`}
            id={customer.id}
            email={customer.email}
            onStripe={() => portal.openInStripe(client, customer.id)}
            tools={
              <>
                {page.customers.length > 1 && !customer.deleted && (
                  <Tool
                    label={`Open the portal of ${customer.name ?? customer.id}`}
                    hint="Open this customer's portal"
                    onClick={() => portal.openPortal(client, customer.id)}
                  >
                    <IconWindow size={15} stroke={1.6} />
                  </Tool>
                )}
                {customer.linked && (
                  <Tool
                    label={`Unlink ${customer.name ?? customer.id}`}
                    hint="Unlink"
                    onClick={() => confirmUnlinking(customer)}
                  >
                    <IconUnlink size={15} stroke={1.6} />
                  </Tool>
                )}
              </>
            }
          >
            <Text component="bdi" display="block" size="sm" fw={500}>
              {customer.name ?? customer.id}
            </Text>
            <Text size="xs" c="dimmed">
              {[customer.email, customer.phone].filter(Boolean).join(" · ")}
            </Text>
            {customer.address.length > 0 && (
              <Text size="xs" c="dimmed">
                {customer.address.join(", ")}
              </Text>
            )}
            {customer.credit && (
              <Text size="xs">
                Credit <Money value={customer.credit} />
              </Text>
            )}
            {customer.owed && (
              <Text size="xs">
                Added to the next invoice: <Money value={customer.owed} />
              </Text>
            )}
            {customer.deleted && (
              <Text size="xs" c="red">
                Deleted in Stripe; no portal can be opened for it.
              </Text>
            )}
          </StripeObject>
        ))}
      </div>
      {linking && (
        <LinkForm workspace={workspace} client={client} onClose={() => setLinking(false)} />
      )}
    </Section>
  );
}

interface FormProps {
  workspace: string;
  client: string;
  onClose: () => void;
}

function LinkForm({ workspace, client, onClose }: FormProps) {
  const link = useLinkCustomer(workspace, client, onClose);

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    link.run(typed(new FormData(event.currentTarget), "customer") ?? "");
  }

  return (
    <Modal opened onClose={onClose} title="Link a customer" closeOnClickOutside={false}>
      <form onSubmit={send} noValidate>
        <TextInput
          name="customer"
          label="Customer id"
          description="As in Stripe's address bar or on the other client's page, where y copies it."
          placeholder="cus_…"
          autoComplete="off"
          spellCheck={false}
          error={errorAt(link.error, "customer")}
          data-autofocus
        />
        <FormActions submit="Link" running={link.isPending} onCancel={onClose} />
      </form>
    </Modal>
  );
}
