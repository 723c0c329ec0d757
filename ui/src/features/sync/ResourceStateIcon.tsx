// How far the reading of one kind of object is, as a shape with a name.
import { Loader } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconLock } from "@tabler/icons-react";
import type { ResourceState } from "../../ipc/bindings";

export const stateWords: Record<ResourceState, string> = {
  waiting: "Waiting",
  reading: "Reading",
  done: "Done",
  not_permitted: "Not permitted",
  failed: "Failed",
};

export function ResourceStateIcon({ state }: { state: ResourceState }) {
  const name = { size: 14, "aria-label": stateWords[state] };
  switch (state) {
    case "waiting":
      return <IconCircleDashed {...name} opacity={0.5} />;
    case "reading":
      return <Loader {...name} size={12} mx={1} />;
    case "done":
      return <IconCheck {...name} color="var(--good)" />;
    case "not_permitted":
      return <IconLock {...name} opacity={0.6} />;
    case "failed":
      return <IconAlertTriangle {...name} color="var(--bad)" />;
  }
}
