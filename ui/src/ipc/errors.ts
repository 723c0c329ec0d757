// What a failed command says: the core's message for the person, its code for us, the field it is about.
import type { IpcError } from "./bindings";

function isIpcError(error: unknown): error is IpcError {
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}

/** Any thrown value as the error that Rust would have sent. */
export function problem(error: unknown): IpcError {
  if (isIpcError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { code: "other", message, field: null };
}
