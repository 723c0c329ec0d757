// What staff want each other to know about a client.
import { Button, Group, Text, Textarea } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useRef, useState } from "react";
import { errorAt, typed } from "../../components/fields";
import { Section } from "../../components/Section";
import { StripeObject, Tool } from "../../components/StripeObject";
import { Time } from "../../components/Time";
import type { ClientPage, Note } from "../../ipc/bindings";
import styles from "./ClientPage.module.css";
import { useRemoveNote, useSaveNote } from "./mutations";

interface Props {
  workspace: string;
  client: string;
  page: ClientPage;
}

export function NotesSection({ workspace, client, page }: Props) {
  const [editing, setEditing] = useState<string | null>(null);
  const remove = useRemoveNote(workspace, client);

  const confirmRemoval = (note: Note) =>
    modals.openConfirmModal({
      title: "Remove this note?",
      children: <Text size="sm">It leaves the page; the journal keeps what it said.</Text>,
      labels: { confirm: "Remove", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: () => remove.run(note.id),
    });

  return (
    <Section title="Notes">
      <NoteForm workspace={workspace} client={client} />
      {page.notes.length > 0 && (
        <div style={{ marginTop: "0.75rem" }}>
          {page.notes.map((note) =>
            editing === note.id ? (
              <NoteForm
                key={note.id}
                workspace={workspace}
                client={client}
                note={note}
                onDone={() => setEditing(null)}
              />
            ) : (
              <StripeObject
                key={note.id}
                label={`Note by ${note.author}`}
                id={note.id}
                tools={
                  <>
                    <Tool label="Edit the note" hint="Edit" onClick={() => setEditing(note.id)}>
                      <IconPencil size={15} stroke={1.6} />
                    </Tool>
                    <Tool
                      label="Remove the note"
                      hint="Remove"
                      onClick={() => confirmRemoval(note)}
                    >
                      <IconTrash size={15} stroke={1.6} />
                    </Tool>
                  </>
                }
              >
                <Text size="sm" className={styles["text"] ?? ""}>
                  {note.text}
                </Text>
                <Text size="xs" c="dimmed" mt={2}>
                  {note.author} · <Time at={note.at} show="ago" />
                  {note.edited_at && " · edited"}
                </Text>
              </StripeObject>
            ),
          )}
        </div>
      )}
    </Section>
  );
}

interface FormProps {
  workspace: string;
  client: string;
  note?: Note;
  onDone?: () => void;
}

function NoteForm({ workspace, client, note, onDone }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [empty, setEmpty] = useState(note === undefined);
  const save = useSaveNote(workspace, client, note?.id, () => {
    // Only now: a note that was not saved stays where it was typed.
    form.current?.reset();
    setEmpty(true);
    onDone?.();
  });

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = typed(new FormData(event.currentTarget), "text");
    if (text) save.run(text);
  }

  return (
    <form ref={form} onSubmit={send}>
      <Textarea
        name="text"
        aria-label={note ? "Note" : "New note"}
        placeholder="Write a note"
        autosize
        minRows={note ? 3 : 1}
        defaultValue={note?.text ?? ""}
        error={errorAt(save.error, "text")}
        onChange={(event) => setEmpty(event.currentTarget.value.trim() === "")}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
            form.current?.requestSubmit();
        }}
        autoFocus={note !== undefined}
      />
      {(!empty || note) && (
        <Group gap="xs" mt={6} justify="flex-end">
          {note && (
            <Button size="compact-xs" variant="default" onClick={onDone}>
              Cancel
            </Button>
          )}
          <Button size="compact-xs" type="submit" disabled={empty} loading={save.isPending}>
            Save note
          </Button>
        </Group>
      )}
    </form>
  );
}
