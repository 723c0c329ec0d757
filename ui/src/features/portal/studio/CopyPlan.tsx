// How portal settings come out in another workspace: what fits there, what does not, what is otherwise there now.
import { Alert, List } from "@mantine/core";
import type { PortalCopy } from "../../../ipc/bindings";

const parts = [
  { key: "matched", title: "Has its counterpart there", color: "teal" },
  { key: "missing", title: "Has none there, and is left out", color: "yellow" },
  { key: "differences", title: "Is otherwise there now", color: "blue" },
] as const;

export function CopyPlan({ plan }: { plan: PortalCopy }) {
  return parts.map(
    ({ key, title, color }) =>
      plan[key].length > 0 && (
        <Alert key={key} mb="sm" color={color} title={title}>
          <List size="sm">
            {plan[key].map((sentence) => (
              <List.Item key={sentence}>{sentence}</List.Item>
            ))}
          </List>
        </Alert>
      ),
  );
}
