import { RpcFailure } from "@mathesar/api";

/** The key of the field that a submission was refused for; null when none is known. */
export function fieldAtFault(error: unknown): string | null {
  if (!(error instanceof RpcFailure) || typeof error.data !== "object" || error.data === null) return null;
  const { field_key: key } = error.data as { readonly field_key?: unknown };
  return typeof key === "string" ? key : null;
}
