// Asks for the name and email of the person at this computer.
import { Stack, TextInput } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { errorAt, typed } from "../../components/fields";
import type { Staff } from "../../ipc/bindings";
import { useSetStaff } from "./mutations";

interface Props {
  staff: Staff | null;
  onSaved: () => void;
  /** Draws the form's end. */
  end: (running: boolean) => ReactNode;
}

export function StaffForm({ staff, onSaved, end }: Props) {
  const save = useSetStaff(onSaved);

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.run({ name: typed(form, "name") ?? "", email: typed(form, "email") });
  }

  return (
    <form onSubmit={send} noValidate>
      <Stack gap="sm">
        <TextInput
          name="name"
          label="Your name"
          autoComplete="name"
          defaultValue={staff?.name ?? ""}
          error={errorAt(save.error, "name")}
          data-autofocus
        />
        <TextInput
          name="email"
          type="email"
          label="Your email"
          description="Optional; tells two people of the same name apart."
          autoComplete="email"
          defaultValue={staff?.email ?? ""}
          error={errorAt(save.error, "email")}
        />
      </Stack>
      {end(save.isPending)}
    </form>
  );
}
