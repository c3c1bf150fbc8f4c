import type { ColumnInfo } from "@mathesar/api";
import type { CellValue } from "@mathesar/grid";
import { cellValue, type ServerRow } from "$/features/grid/rows";

/** What a record form holds, by attribute number. */
export type Draft = Record<string, CellValue>;

export function draftOf(row: ServerRow): Draft {
  return Object.fromEntries(Object.entries(row).map(([attnum, value]) => [attnum, cellValue(value)]));
}

/** Only what differs, and for each the value last read, so that a change by others is met as a conflict. */
export function changesOf(before: Draft, draft: Draft): { set: Draft; expect: Draft } {
  const changed = Object.keys(draft).filter((attnum) => draft[attnum] !== before[attnum]);
  return {
    set: Object.fromEntries(changed.map((attnum) => [attnum, draft[attnum] ?? null])),
    expect: Object.fromEntries(changed.map((attnum) => [attnum, before[attnum] ?? null])),
  };
}

/** What a deleted record is inserted with again: all that PostgreSQL takes. */
export function restorable(columns: readonly ColumnInfo[], values: Draft): Draft {
  const writable = columns.filter((column) => !column.generated && column.identity !== "always");
  return Object.fromEntries(writable.map(({ id }) => [String(id), values[String(id)] ?? null]));
}
