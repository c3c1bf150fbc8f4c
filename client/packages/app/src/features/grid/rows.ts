/** Rows on their way between the server, which names columns by attribute number, and the grid, which numbers slots. */

import type { ChangeFailure as ServerFailure } from "@mathesar/api";
import type { CellSet, CellValue, Change, ChangeFailure, Row, RowKey } from "@mathesar/grid";
import type { Change as ServerChange } from "@mathesar/api";

export type ServerRow = Readonly<Record<string, unknown>>;
export type Summaries = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Exact text of a value; the small numbers that travel as JSON numbers fit a number of JavaScript. */
export function cellValue(value: unknown): CellValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** What the grid shows of linked records: their names and how many they are. */
function linkedValue(value: unknown, names: Readonly<Record<string, string>> | undefined): CellValue {
  const { count, result } = value as { readonly count: number; readonly result: readonly unknown[] };
  if (count === 0) return null;
  return JSON.stringify({ count, labels: result.map((key) => names?.[String(key)] ?? String(key)) });
}

/** Attribute numbers by slot, then aliases of linked records, and how to turn rows of the server into rows of the grid. */
export class RowShape {
  constructor(
    readonly attnums: readonly number[],
    readonly aliases: readonly string[] = [],
  ) {}

  /** What the server left out, as it does in its answer to a change, is left out at the end. */
  row(key: RowKey, row: ServerRow, summaries: Summaries | null | undefined, linked?: Summaries | null): Row {
    const own = this.attnums.map((attnum) => cellValue(row[String(attnum)]));
    const joined = this.aliases.filter((alias) => alias in row);
    const values = [...own, ...joined.map((alias) => linkedValue(row[alias], linked?.[alias]))];
    const labels: Record<number, string> = {};
    this.attnums.forEach((attnum, slot) => {
      const label = summaries?.[String(attnum)]?.[String(values[slot])];
      if (label !== undefined) labels[slot] = label;
    });
    return { key, values, labels };
  }
}

export function serverChange(change: Change): ServerChange {
  switch (change.op) {
    case "insert":
      return { op: "insert", set: named(change.set) };
    case "delete":
      return { op: "delete", key: serverKey(change.key), expect: named(change.expect) };
    case "update":
      return { op: "update", key: serverKey(change.key), set: named(change.set), expect: named(change.expect) };
  }
}

function named(cells: CellSet): Record<string, CellValue> {
  return { ...cells };
}

export function serverKey(key: RowKey): Record<string, string> {
  return key as Record<string, string>;
}

/** What `records.apply` says of the change that stopped all others; null when the data is something else. */
export function readFailure(data: unknown): ServerFailure | null {
  if (typeof data !== "object" || data === null) return null;
  const known = "index" in data && typeof data.index === "number" && "reason" in data;
  return known ? (data as ServerFailure) : null;
}

export function gridFailure(
  failure: ServerFailure,
  message: string,
  changes: readonly Change[],
  shape: RowShape,
): ChangeFailure {
  const column = failure.attnum ?? null;
  const base = { index: failure.index, message, ...(column === null ? {} : { column }) };
  if (failure.reason === "refused") return { ...base, kind: "error" };
  const change = changes[failure.index];
  const key = change && "key" in change ? change.key : null;
  return { ...base, kind: "conflict", present: failure.present ? shape.row(key, failure.present, null) : null };
}
