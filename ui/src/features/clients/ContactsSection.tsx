// The people at a client: who they are and how to reach them.
import { Anchor, Button, Modal, SimpleGrid, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { copyText } from "../../components/copy";
import { FormActions } from "../../components/FormActions";
import { errorAt, typed } from "../../components/fields";
import { Section } from "../../components/Section";
import { NoneYet } from "../../components/States";
import { StripeObject, Tool } from "../../components/StripeObject";
import type { ClientPage, Contact } from "../../ipc/bindings";
import { useRemoveContact, useSaveContact } from "./mutations";

interface Props {
  workspace: string;
  client: string;
  page: ClientPage;
  onEditClient: () => void;
}

export function ContactsSection({ workspace, client, page, onEditClient }: Props) {
  const [open, setOpen] = useState<Contact | "new" | null>(null);
  const remove = useRemoveContact(workspace, client);
  const { details, contacts } = page;
  const facts = [details.company, details.email, details.phone].filter((fact) => fact !== null);

  const confirmRemoval = (contact: Contact) =>
    modals.openConfirmModal({
      title: `Remove ${contact.name}?`,
      children: <Text size="sm">The journal keeps that this contact existed.</Text>,
      labels: { confirm: "Remove", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.run(contact.id),
    });

  return (
    <Section
      title="Contacts"
      actions={
        <Button size="compact-xs" variant="subtle" onClick={() => setOpen("new")}>
          Add
        </Button>
      }
    >
      <div>
        <StripeObject
          label="Details of the client"
          id={page.row.id}
          email={details.email}
          tools={
            <Tool label="Edit the client's details" hint="Edit" onClick={onEditClient}>
              <IconPencil size={15} stroke={1.6} />
            </Tool>
          }
        >
          <Text size="sm" fw={500}>
            {details.name ?? page.row.name}
          </Text>
          <Text size="xs" c="dimmed">
            {facts.length > 0 ? facts.join(" · ") : "No details yet"}
          </Text>
        </StripeObject>
        {contacts.map((contact) => (
          <StripeObject
            key={contact.id}
            label={contact.name}
            id={contact.id}
            email={contact.email}
            tools={
              <>
                <Tool label={`Edit ${contact.name}`} hint="Edit" onClick={() => setOpen(contact)}>
                  <IconPencil size={15} stroke={1.6} />
                </Tool>
                <Tool
                  label={`Remove ${contact.name}`}
                  hint="Remove"
                  onClick={() => confirmRemoval(contact)}
                >
                  <IconTrash size={15} stroke={1.6} />
                </Tool>
              </>
            }
          >
            <Text size="sm" fw={500}>
              {contact.name}{" "}
              <Text span size="xs" c="dimmed" fw={400}>
                {contact.role}
              </Text>
            </Text>
            <Reach contact={contact} />
          </StripeObject>
        ))}
      </div>
      {contacts.length === 0 && <NoneYet>No people noted yet.</NoneYet>}
      {open !== null && (
        <ContactForm
          workspace={workspace}
          client={client}
          contact={open === "new" ? undefined : open}
          onClose={() => setOpen(null)}
        />
      )}
    </Section>
  );
}

function Reach({ contact: { email, phone } }: { contact: Contact }) {
  return (
    <Text size="xs" c="dimmed">
      {email && (
        <Anchor
          component="button"
          inherit
          title="Copy the email (c)"
          onClick={() => void copyText(email, "Email")}
        >
          {email}
        </Anchor>
      )}
      {email && phone && " · "}
      {phone}
    </Text>
  );
}

interface FormProps {
  workspace: string;
  client: string;
  contact: Contact | undefined;
  onClose: () => void;
}

function ContactForm({ workspace, client, contact, onClose }: FormProps) {
  const save = useSaveContact(workspace, client, contact?.id, onClose);

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.run({
      name: typed(form, "name") ?? "",
      email: typed(form, "email"),
      phone: typed(form, "phone"),
      role: typed(form, "role"),
    });
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={contact ? `Edit ${contact.name}` : "New contact"}
      closeOnClickOutside={false}
    >
      <form onSubmit={send} noValidate>
        <TextInput
          name="name"
          label="Name"
          defaultValue={contact?.name ?? ""}
          error={errorAt(save.error, "name")}
          data-autofocus
        />
        <TextInput
          name="email"
          type="email"
          label="Email"
          mt="sm"
          defaultValue={contact?.email ?? ""}
          error={errorAt(save.error, "email")}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} mt="sm">
          <TextInput
            name="phone"
            type="tel"
            label="Phone"
            defaultValue={contact?.phone ?? ""}
            error={errorAt(save.error, "phone")}
          />
          <TextInput
            name="role"
            label="Role"
            placeholder="Bookkeeping"
            defaultValue={contact?.role ?? ""}
            error={errorAt(save.error, "role")}
          />
        </SimpleGrid>
        <FormActions submit="Save" running={save.isPending} onCancel={onClose} />
      </form>
    </Modal>
  );
}
