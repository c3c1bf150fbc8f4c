/** From the server's columns to the grid's. */

import type { CollaboratorInfo, ColumnInfo, ColumnMetadata, OrderBy } from "@mathesar/api";
import type { Column, DisplayFormat, KindId } from "@mathesar/grid";
import { filesAddress } from "$/data/files";
import { holdsUsers, peopleFor } from "./people";

const kindOfFamily: Record<string, KindId> = {
  text: "text",
  number: "number",
  boolean: "boolean",
  date: "date",
  time: "time",
  timestamp: "timestamp",
  interval: "interval",
  money: "money",
  email: "email",
  uri: "uri",
  uuid: "uuid",
  json: "json",
  array: "array",
  enum: "enum",
  bytes: "bytes",
};

/** The bounds of PostgreSQL's integer types, from its documentation of numeric types. */
const integerBounds: Record<string, readonly [min: string, max: string]> = {
  smallint: ["-32768", "32767"],
  integer: ["-2147483648", "2147483647"],
  bigint: ["-9223372036854775808", "9223372036854775807"],
};

/** Kinds of array items, by the beginning of the item type's name. */
const itemKinds: readonly (readonly [string, KindId])[] = [
  ["timestamp with time zone", "timestamptz"],
  ["timestamp", "timestamp"],
  ["date", "date"],
  ["time", "time"],
  ["boolean", "boolean"],
  ["uuid", "uuid"],
  ["json", "json"],
  ["interval", "interval"],
  ...["smallint", "integer", "bigint", "numeric", "real", "double precision"].map((name) => [name, "number"] as const),
];

/** What decides how values look, of a column of a table as of one that an exploration gives. */
export type TypedColumn = Pick<
  ColumnInfo,
  "name" | "type" | "type_options" | "family" | "display_type" | "primary_key" | "metadata"
> & { readonly link?: ColumnInfo["link"] };

/** Whether each cell holds a file. Metadata stays when a type changes. */
export function holdsFiles(column: Pick<ColumnInfo, "type" | "metadata">): boolean {
  return column.type === "jsonb" && Boolean(column.metadata?.file_backend);
}

export function kindOf(column: TypedColumn): KindId {
  if (column.link) return "link";
  if (holdsFiles(column)) return "file";
  if (holdsUsers(column)) return "user";
  if (column.type.startsWith("timestamp with time zone")) return "timestamptz";
  return kindOfFamily[column.family] ?? "other";
}

function itemKind(itemType: string | null | undefined): KindId {
  return itemKinds.find(([name]) => itemType?.startsWith(name))?.[1] ?? "text";
}

function formatOf(metadata: ColumnMetadata): DisplayFormat {
  return {
    ...(metadata.num_grouping ? { grouping: metadata.num_grouping !== "never" } : {}),
    ...(metadata.num_min_frac_digits != null ? { minFraction: metadata.num_min_frac_digits } : {}),
    ...(metadata.num_max_frac_digits != null ? { maxFraction: metadata.num_max_frac_digits } : {}),
    ...(metadata.bool_input === "dropdown" ? { booleanStyle: "words" } : {}),
    ...(metadata.bool_true ? { trueLabel: metadata.bool_true } : {}),
    ...(metadata.bool_false ? { falseLabel: metadata.bool_false } : {}),
    ...(metadata.mon_currency_symbol ? { currency: metadata.mon_currency_symbol } : {}),
  };
}

/** Widths in CSS pixels by attribute number. */
export type Widths = Readonly<Record<number, number>>;

export interface ColumnChoices {
  /** Attribute numbers in the order to show; columns that are not named follow. */
  readonly order: readonly number[];
  readonly hidden: readonly number[];
  /** The user's own. */
  readonly widths: Widths;
  readonly sort: readonly OrderBy[];
  /** Those who work in the database, where a column holds users. */
  readonly people?: readonly CollaboratorInfo[];
}

/** The grid's columns in display order. A column's slot is its place in the server's list, whatever is moved or hidden. */
export function gridColumns(
  columns: readonly ColumnInfo[],
  choices: ColumnChoices,
  linked: readonly Column[] = [],
): Column[] {
  const place = new Map(choices.order.map((attnum, index) => [attnum, index]));
  const last = choices.order.length;
  const own = columns.map((column, slot) => gridColumn(column, slot, choices));
  const sized = linked.map((column) => {
    const width = choices.widths[column.id];
    return { ...column, ...(width ? { width } : {}) };
  });
  return [...own, ...sized].sort((a, b) => (place.get(a.id) ?? last) - (place.get(b.id) ?? last));
}

/** How a column's values look. */
export function looksOf(column: TypedColumn): Pick<Column, "name" | "kind" | "typeName"> & Partial<Column> {
  const kind = kindOf(column);
  return {
    name: column.name,
    kind,
    typeName: column.display_type,
    primaryKey: column.primary_key,
    ...(column.metadata ? { format: formatOf(column.metadata) } : {}),
    ...typeDetails(column, kind),
  };
}

function gridColumn(column: ColumnInfo, slot: number, { hidden, widths, sort, people }: ColumnChoices): Column {
  const sorted = sort.find((each) => each.attnum === column.id);
  const width = widths[column.id] ?? column.metadata?.display_width;
  return {
    id: column.id,
    slot,
    ...looksOf(column),
    nullable: column.nullable,
    hasDefault: Boolean(column.default ?? column.identity),
    generated: column.generated || column.identity === "always",
    hidden: hidden.includes(column.id),
    ...(column.family === "text" ? { acceptsEmpty: true } : {}),
    ...(column.read_only_reason ? { readonly: true, readonlyReason: column.read_only_reason } : {}),
    ...(column.current_role_priv.includes("INSERT") ? { insertable: true } : {}),
    ...(sorted ? { sort: sorted.direction === "asc" ? "ascending" : "descending" } : {}),
    ...(width ? { width } : {}),
    ...(people && holdsUsers(column) ? { choices: peopleFor(column, people) } : {}),
    ...(column.link ? { link: { ...column.link } } : {}),
  };
}

function typeDetails(column: TypedColumn, kind: KindId): Partial<Column> {
  const options = column.type_options;
  const bounds = integerBounds[column.type];
  return {
    ...(kind === "enum" && options?.enum_values ? { enumValues: options.enum_values } : {}),
    ...(kind === "text" && options?.length ? { maxLength: options.length } : {}),
    ...(kind === "file" ? { files: filesAddress } : {}),
    ...(kind === "array" ? { itemKind: itemKind(options?.item_type) } : {}),
    ...(bounds ? { integer: true, min: bounds[0], max: bounds[1] } : {}),
  };
}
