/** Which column of a file goes to which column of a table. Pure. */

import type { AppendParams, ColumnInfo, ImportColumn, ImportPreview, ImportSample } from "@mathesar/api";
import { m } from "$/paraglide/messages.js";

/** For each column of the file, by its place there: the number of the table's column; `null` where it is left out. */
export type Mapping = readonly (number | null)[];

/** Columns of a table that a file can give values to. */
export function takers(columns: readonly ColumnInfo[]): ColumnInfo[] {
  return columns.filter((column) => !column.generated && column.current_role_priv.includes("INSERT"));
}

/** Columns of the same name belong together, whatever their case; a key that PostgreSQL numbers is left to it. */
export function proposedMapping(preview: ImportPreview, columns: readonly ColumnInfo[]): Mapping {
  const free = new Map(takers(columns).map((column) => [plain(column.name), column]));
  return preview.columns.map((column) => {
    const name = [column.header, column.name].map(plain).find((each) => free.has(each));
    const taker = name === undefined ? undefined : free.get(name);
    if (name === undefined || !taker || taker.identity) return null;
    free.delete(name);
    return taker.id;
  });
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}

/** How the fields of a column are read as the type of another one. */
export interface Fit {
  readonly format: string | null;
  /** Fields that cannot be read so, as far as that is known before the load. */
  readonly failing: number;
  /** Some of them. */
  readonly samples: readonly ImportSample[];
  readonly nullWords: readonly string[];
}

const textTypes: ReadonlySet<string> = new Set(["text", "character varying", "character", "name", "citext"]);
const numberTypes: readonly string[] = ["numeric", "bigint", "integer"];

export function fitOf(column: ImportColumn, taker: ColumnInfo): Fit {
  if (textTypes.has(taker.type)) return { format: null, failing: 0, samples: [], nullWords: [] };
  const own = { type: column.type, format: column.format, failing: 0, samples: [] };
  const readings = [own, ...column.alternatives];
  const alike = taker.family === "number" ? numberTypes : [];
  const found = [taker.type, ...alike].flatMap((type) => readings.filter((each) => each.type === type))[0];
  return {
    format: found?.format ?? null,
    failing: found?.failing ?? 0,
    samples: found?.samples ?? [],
    nullWords: column.null_words.map(({ word }) => word),
  };
}

/** What stands in the way, in words; the server looks at every field again. */
export function appendProblems(preview: ImportPreview, columns: readonly ColumnInfo[], mapping: Mapping): string[] {
  const problems: string[] = [];
  const seen = new Set<number>();
  for (const [column, taker] of pairs(preview, columns, mapping)) {
    if (seen.has(taker.id)) problems.push(m.append_same_column({ name: taker.name }));
    seen.add(taker.id);
    const { failing } = fitOf(column, taker);
    if (failing > 0) problems.push(m.append_failing({ name: taker.name, count: failing }));
  }
  for (const column of missing(columns, mapping)) problems.push(m.append_required({ name: column.name }));
  return seen.size === 0 ? [m.import_no_columns()] : problems;
}

/** Columns that need a value and get none. */
function missing(columns: readonly ColumnInfo[], mapping: Mapping): ColumnInfo[] {
  return columns.filter(
    (column) => !column.nullable && !column.default && !column.generated && !mapping.includes(column.id),
  );
}

function pairs(
  preview: ImportPreview,
  columns: readonly ColumnInfo[],
  mapping: Mapping,
): (readonly [ImportColumn, ColumnInfo])[] {
  return preview.columns.flatMap((column, place) => {
    const taker = columns.find((each) => each.id === mapping[place]);
    return taker ? [[column, taker] as const] : [];
  });
}

/** The call that adds the rows. */
export function appendParams(
  preview: ImportPreview,
  columns: readonly ColumnInfo[],
  mapping: Mapping,
  place: { readonly database_id: number; readonly table_oid: number },
  lenient: { readonly remove_nul: boolean; readonly cut_long_lines: boolean },
): AppendParams {
  return {
    ...place,
    ...lenient,
    data_file_id: preview.data_file_id,
    dialect: preview.dialect,
    columns: pairs(preview, columns, mapping).map(([column, taker]) => {
      const { format, nullWords } = fitOf(column, taker);
      return {
        index: column.index,
        attnum: taker.id,
        ...(format ? { format } : {}),
        ...(nullWords.length > 0 ? { null_words: [...nullWords] } : {}),
      };
    }),
  };
}
