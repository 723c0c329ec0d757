// What the lint found, beside the fields it is about, and all of it together above the form.
import { Alert, List } from "@mantine/core";
import { createContext, type ReactNode, useContext } from "react";
import type { Finding, Severity } from "../../../ipc/bindings";

export const Findings = createContext<readonly Finding[]>([]);

const severities: Record<Severity, { title: string; color: string }> = {
  refused: { title: "Stripe would refuse this", color: "red" },
  surprising: { title: "This may surprise somebody", color: "yellow" },
  note: { title: "Good to know", color: "blue" },
};

export function FindingsSummary({ findings }: { findings: readonly Finding[] }) {
  return (Object.keys(severities) as Severity[]).map((severity) => {
    const found = findings.filter((each) => each.severity === severity);
    if (found.length === 0) return null;
    const { title, color } = severities[severity];
    return (
      <Alert key={severity} mb="sm" color={color} title={title}>
        <List size="sm">
          {found.map(({ field, sentence }) => (
            <List.Item key={`${field} ${sentence}`}>{sentence}</List.Item>
          ))}
        </List>
      </Alert>
    );
  });
}

/** Gives an input its findings: what is refused as its error, the rest with its description. */
export function useFound() {
  const findings = useContext(Findings);
  return (field: string, description?: string): { error: ReactNode; description: ReactNode } => {
    const here = findings.filter((each) => each.field === field);
    const words = (refused: boolean) =>
      here
        .filter(({ severity }) => (severity === "refused") === refused)
        .map(({ sentence }) => sentence);
    return {
      error: words(true).join(" ") || undefined,
      description: [description, ...words(false)].filter(Boolean).join(" ") || undefined,
    };
  };
}
