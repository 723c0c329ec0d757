// "Who are you?", asked once per computer, before the first action that is journaled.
import { getDefaultZIndex, Modal, Text } from "@mantine/core";
import { FormActions } from "../../components/FormActions";
import { StaffForm } from "./StaffForm";

interface Props {
  opened: boolean;
  onClose: () => void;
  /** Saved: what waited for it can go on. */
  onKnown: () => void;
}

export function StaffDialog({ opened, onClose, onKnown }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Who are you?"
      closeOnClickOutside={false}
      // The action that asks may have a dialog of its own open, which must not hide this one.
      zIndex={getDefaultZIndex("overlay")}
    >
      <Text size="sm" c="dimmed" mb="md">
        The journal of a workspace says who did what. This is asked once on this computer; you can
        change it in Settings.
      </Text>
      <StaffForm
        staff={null}
        onSaved={onKnown}
        end={(running) => (
          <FormActions submit="Save and continue" running={running} onCancel={onClose} />
        )}
      />
    </Modal>
  );
}
