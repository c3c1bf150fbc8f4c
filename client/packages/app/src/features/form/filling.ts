/** What somebody fills in, and what of it is sent. */

import type { ColumnInfo, FormField } from "@mathesar/api";
import type { CellValue } from "@mathesar/grid";

/** The columns that a form names, by the object identifiers of their tables and their numbers. */
export type SourceColumns = Readonly<Record<string, Readonly<Record<string, ColumnInfo>>>>;

/** What was filled in so far, by the keys of the fields. */
export interface Filled {
  readonly values: Readonly<Record<string, CellValue>>;
  /** Whether a record is added, where it could be chosen too. */
  readonly adding: Readonly<Record<string, boolean>>;
}

/** The column of a field of this table; undefined when it is gone. */
export function columnOf(columns: SourceColumns, table: number, field: FormField): ColumnInfo | undefined {
  return columns[String(table)]?.[String(field.column_attnum)];
}

/** What people read above a field. */
export function labelOf(field: FormField, column: ColumnInfo | undefined): string {
  return field.label || column?.name || field.key;
}

export function mayPick(field: FormField): boolean {
  return field.kind === "foreign_key" && field.fk_interaction_rule !== "must_create";
}

export function mayCreate(field: FormField): boolean {
  return (
    field.kind === "foreign_key" &&
    (field.fk_interaction_rule === "must_create" || field.fk_interaction_rule === "can_pick_or_create")
  );
}

/** Whether a record is added for the field. */
export function isAdding(field: FormField, filled: Filled): boolean {
  return mayCreate(field) && (!mayPick(field) || (filled.adding[field.key] ?? false));
}

/** What is sent; a blank field is left out, so that its column gets its default. */
export function valuesOf(
  fields: readonly FormField[],
  table: number,
  columns: SourceColumns,
  filled: Filled,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const value = valueOf(field, table, columns, filled);
    if (value !== undefined) values[field.key] = value;
  }
  return values;
}

function valueOf(field: FormField, table: number, columns: SourceColumns, filled: Filled): unknown {
  if (isAdding(field, filled)) {
    if (isLeftOut(field, filled)) return undefined;
    const inner = valuesOf(field.child_fields ?? [], field.related_table_oid ?? 0, columns, filled);
    return { type: "create", ...inner };
  }
  const value = filled.values[field.key] ?? null;
  if (isBlank(value)) return undefined;
  if (field.kind === "foreign_key") return { type: "pick", value };
  return sent(value, columnOf(columns, table, field));
}

/** A moment that was typed without a zone is one of the clock on this wall. */
function sent(value: CellValue, column: ColumnInfo | undefined): CellValue {
  if (typeof value !== "string" || !column || !hasZone(column)) return value;
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? value : moment.toISOString();
}

export function hasZone(column: ColumnInfo): boolean {
  return column.family === "timestamp" && column.display_type.includes("with time zone");
}

/** The keys of the fields that have to be filled in and are not, in their order. */
export function missingIn(fields: readonly FormField[], filled: Filled): string[] {
  return fields.flatMap((field) => {
    if (isAdding(field, filled)) return isLeftOut(field, filled) ? [] : missingIn(field.child_fields ?? [], filled);
    return field.is_required && isBlank(filled.values[field.key] ?? null) ? [field.key] : [];
  });
}

/** A record that could only be added and need not be is not, when nothing of it was filled in. */
function isLeftOut(field: FormField, filled: Filled): boolean {
  return !field.is_required && !mayPick(field) && (field.child_fields ?? []).every((child) => isEmpty(child, filled));
}

function isEmpty(field: FormField, filled: Filled): boolean {
  if (!isAdding(field, filled)) return isBlank(filled.values[field.key] ?? null);
  return !mayPick(field) && (field.child_fields ?? []).every((child) => isEmpty(child, filled));
}

function isBlank(value: CellValue): boolean {
  return value === null || (typeof value === "string" && value.trim() === "");
}
