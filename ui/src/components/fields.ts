// Reading a form's inputs, and putting an error of the core at the input it is about.
import { problem } from "../ipc/errors";

/** What was typed into an input; empty is nothing. */
export function typed(form: FormData, name: string): string | null {
  const value = form.get(name);
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? null : text;
}

/** The message to show at an input, if the failed action complained about it. */
export function errorAt(error: unknown, field: string): string | undefined {
  if (error === null || error === undefined) return undefined;
  const { field: about, message } = problem(error);
  return about === field ? message : undefined;
}
