import type { RowIdentityInfo, RowKey } from "@mathesar/api";

/** A record in an address: the value of a single-column primary key, else the whole key as JSON. */
export function writeRecordKey(key: RowKey, identity: RowIdentityInfo | null | undefined): string {
  const values = Object.values(key);
  const [only] = values;
  const isPlain =
    identity?.kind === "primary_key" && values.length === 1 && only !== undefined && !only.startsWith("{");
  return isPlain ? only : JSON.stringify(key);
}

/** What `records.get` takes: a primary-key value or a key. */
export function readRecordKey(text: string): string | RowKey {
  if (!text.startsWith("{")) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRowKey(parsed) ? parsed : text;
  } catch {
    return text;
  }
}

export function isRowKey(value: unknown): value is RowKey {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === "string")
  );
}
