// Who the journal says acted on this computer.
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Section } from "../../components/Section";
import type { Staff } from "../../ipc/bindings";
import { StaffForm } from "./StaffForm";

export function StaffSection({ staff }: { staff: Staff | null }) {
  return (
    <Section title="Who you are" note="The journal notes it with everything you do">
      <div style={{ maxWidth: "24rem" }}>
        <StaffForm
          key={staff?.id}
          staff={staff}
          onSaved={() => notifications.show({ color: "teal", message: "Saved." })}
          end={(running) => (
            <Button type="submit" variant="default" mt="sm" loading={running}>
              Save
            </Button>
          )}
        />
      </div>
    </Section>
  );
}
