// What staff know about a client, for making a new one and for changing one.
import { Modal, SimpleGrid, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { FormActions } from "../../components/FormActions";
import { errorAt, typed } from "../../components/fields";
import type { ClientDetails } from "../../ipc/bindings";

interface Props {
  title: string;
  submit: string;
  initial?: ClientDetails;
  running: boolean;
  error: unknown;
  onSubmit: (details: ClientDetails) => void;
  onClose: () => void;
}

export function ClientForm({ title, submit, initial, running, error, onSubmit, onClose }: Props) {
  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit({
      name: typed(form, "name"),
      email: typed(form, "email"),
      phone: typed(form, "phone"),
      company: typed(form, "company"),
    });
  }

  return (
    <Modal opened onClose={onClose} title={title} closeOnClickOutside={false}>
      <form onSubmit={send} noValidate>
        <TextInput
          name="name"
          label="Name"
          defaultValue={initial?.name ?? ""}
          error={errorAt(error, "name")}
          data-autofocus
        />
        <TextInput
          name="email"
          type="email"
          label="Email"
          mt="sm"
          defaultValue={initial?.email ?? ""}
          error={errorAt(error, "email")}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} mt="sm">
          <TextInput
            name="company"
            label="Company"
            defaultValue={initial?.company ?? ""}
            error={errorAt(error, "company")}
          />
          <TextInput
            name="phone"
            type="tel"
            label="Phone"
            defaultValue={initial?.phone ?? ""}
            error={errorAt(error, "phone")}
          />
        </SimpleGrid>
        <FormActions submit={submit} running={running} onCancel={onClose} />
      </form>
    </Modal>
  );
}
