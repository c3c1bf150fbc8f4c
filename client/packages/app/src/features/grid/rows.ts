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

/** Attribute numbers by slot, and how to turn rows of the server into rows of the grid. */
export class RowShape {
  constructor(readonly attnums: readonly number[]) {}

  row(key: RowKey, row: ServerRow, summaries: Summaries | null | undefined): Row {
    const values = this.attnums.map((attnum) => cellValue(row[String(attnum)]));
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
