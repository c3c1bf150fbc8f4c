/** The fields of a form, as they are put together. */

import type { ColumnInfo, FormField } from "@mathesar/api";

/** Columns that people can fill in: not those that PostgreSQL computes. */
export function fillable(columns: readonly ColumnInfo[]): ColumnInfo[] {
  return columns.filter((column) => !column.generated && column.identity !== "always");
}

/** The fields that a new form over these columns begins with; a key that numbers itself is left to PostgreSQL. */
export function firstFields(columns: readonly ColumnInfo[]): FormField[] {
  const asked = fillable(columns).filter((column) => !(column.primary_key && column.default));
  const fields: FormField[] = [];
  for (const column of asked) fields.push(newField(column, keysOf(fields), fields.length));
  return fields;
}

/** A field for a column, which has to be filled in when the column takes no NULL and has no default. */
export function newField(column: ColumnInfo, taken: ReadonlySet<string>, index: number): FormField {
  const field = {
    key: freeKey(column.name, taken),
    index,
    column_attnum: column.id,
    is_required: !column.nullable && !column.default,
  };
  if (!column.link) return { ...field, kind: "scalar_column" };
  return {
    ...field,
    kind: "foreign_key",
    related_table_oid: column.link.table_oid,
    fk_interaction_rule: "must_pick",
    child_fields: [],
  };
}

/** The name of the column, unless another field is called so or the grammar keeps the word for itself. */
function freeKey(name: string, taken: ReadonlySet<string>): string {
  const isFree = (key: string) => key !== "type" && !taken.has(key);
  if (isFree(name)) return name;
  let number = 2;
  while (!isFree(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}

/** The keys of all fields, nested ones too. */
export function keysOf(fields: readonly FormField[]): Set<string> {
  return new Set(fields.flatMap((field) => [field.key, ...keysOf(field.child_fields ?? [])]));
}

/** The tables whose columns fields fill in, the form's own first. */
export function tablesOf(table: number, fields: readonly FormField[]): number[] {
  const nested = fields.flatMap((field) =>
    field.related_table_oid ? tablesOf(field.related_table_oid, field.child_fields ?? []) : [],
  );
  return [...new Set([table, ...nested])];
}

/** The fields with one moved by so many places, as far as there are any. */
export function moved(fields: readonly FormField[], from: number, by: number): FormField[] {
  const to = Math.max(0, Math.min(fields.length - 1, from + by));
  const rest = fields.filter((_, index) => index !== from);
  return [...rest.slice(0, to), ...fields.slice(from, from + 1), ...rest.slice(to)];
}

/** The fields as they are saved: in the order in which they stand. */
export function numbered(fields: readonly FormField[]): FormField[] {
  return fields.map((field, index) => ({
    ...field,
    index,
    ...(field.child_fields ? { child_fields: numbered(field.child_fields) } : {}),
  }));
}
