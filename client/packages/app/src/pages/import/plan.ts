/** What a person makes of a file before it is loaded: which columns, as what, with which key. Pure. */

import type { ImportColumn, ImportPreview, ImportSample, LoadParams, PkeyType, TypeOptions } from "@mathesar/api";

/** A type that a column may get, with what it would cost. */
export interface TypeChoice {
  /** Names the choice within its column. */
  readonly id: string;
  readonly type: string;
  readonly options: TypeOptions | null;
  /** How the fields are written where that is not the type's usual way. */
  readonly format: string | null;
  /** How sure the server is; null for a type that it did not choose. */
  readonly confidence: number | null;
  readonly losses: readonly string[];
  readonly failing: number;
  readonly samples: readonly ImportSample[];
}

/** A word for "no value" that stands in a column, and whether it is read as one. */
export interface PlannedWord {
  readonly word: string;
  readonly count: number;
  readonly line: number;
  asNull: boolean;
}

export interface PlannedColumn {
  readonly index: number;
  readonly header: string;
  readonly empty: number;
  readonly unique: boolean;
  readonly choices: readonly TypeChoice[];
  readonly nullWords: PlannedWord[];
  included: boolean;
  name: string;
  /** `id` of the chosen type. */
  choice: string;
}

/** `none`, a key to add, or the place of the column that becomes the key. */
export type KeyChoice = "none" | PkeyType | `column:${number}`;

export interface ImportPlan {
  tableName: string;
  key: KeyChoice;
  columns: PlannedColumn[];
  removeNul: boolean;
  cutLongLines: boolean;
}

export type PlanProblem =
  | { readonly kind: "no-table-name" }
  | { readonly kind: "no-columns" }
  | { readonly kind: "too-many-columns"; readonly limit: number }
  | { readonly kind: "no-name"; readonly index: number }
  | { readonly kind: "same-name"; readonly name: string }
  | { readonly kind: "failing"; readonly name: string; readonly count: number };

/** The name of a key that is added; a column of that name stands in its way. */
export const addedKeyName = "id";

export function planOf(preview: ImportPreview): ImportPlan {
  const columns = preview.columns.map((column, place) => plannedColumn(column, place < preview.column_limit));
  return {
    tableName: preview.table_name,
    key: proposedKey(columns),
    columns,
    removeNul: false,
    cutLongLines: false,
  };
}

function plannedColumn(column: ImportColumn, included: boolean): PlannedColumn {
  const chosen: TypeChoice = {
    id: choiceId(column.type, column.format),
    type: column.type,
    options: column.type_options,
    format: column.format,
    confidence: column.confidence,
    losses: column.losses,
    failing: 0,
    samples: [],
  };
  const others = column.alternatives.map((other) => ({
    id: choiceId(other.type, other.format),
    type: other.type,
    options: null,
    format: other.format,
    confidence: null,
    losses: other.losses,
    failing: other.failing,
    samples: other.samples,
  }));
  const { index, header, empty, unique, name } = column;
  const nullWords = column.null_words.map((met) => ({ ...met, asNull: column.null_words_are_null }));
  return { index, header, empty, unique, name, nullWords, included, choice: chosen.id, choices: [chosen, ...others] };
}

function choiceId(type: string, format: string | null): string {
  return format ? `${type} · ${format}` : type;
}

/** A column that is called `id` and can be the key is meant to be it; otherwise a number is added. */
function proposedKey(columns: readonly PlannedColumn[]): KeyChoice {
  const named = columns.find((column) => column.included && column.name.toLowerCase() === addedKeyName);
  if (!named) return "IDENTITY";
  return named.unique ? `column:${named.index}` : "none";
}

export function choiceOf(column: PlannedColumn): TypeChoice {
  const [first] = column.choices;
  const found = column.choices.find((choice) => choice.id === column.choice) ?? first;
  if (!found) throw new Error("A column of a file always has a type.");
  return found;
}

/** Chooses a type. Text keeps every word unless it is told otherwise; other types can only read the words as no value. */
export function chooseType(column: PlannedColumn, id: string): void {
  column.choice = id;
  for (const word of column.nullWords) word.asNull = !keepsWords(choiceOf(column));
}

/** What does not fit a type with the words read as they are now. */
export function misfitsOf(column: PlannedColumn, choice: TypeChoice): { count: number; samples: ImportSample[] } {
  const words = keepsWords(choice) ? [] : column.nullWords.filter((word) => !word.asNull);
  return {
    count: words.reduce((sum, word) => sum + word.count, choice.failing),
    samples: [...words.map(({ word, line }) => ({ line, value: word })), ...choice.samples],
  };
}

/** Whether a field of a column becomes NULL because of what stands in it. */
export function isReadAsNull(column: PlannedColumn, field: string): boolean {
  // Of all spaces, the server leaves those of ASCII out.
  const trimmed = field.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "");
  return column.nullWords.some((word) => word.asNull && word.word === trimmed);
}

/** A key needs a value in every row. */
export function canBeKey(column: PlannedColumn): boolean {
  return column.included && column.unique && !column.nullWords.some((word) => word.asNull);
}

function keepsWords(choice: TypeChoice): boolean {
  return choice.type === "text";
}

export function problemsOf(plan: ImportPlan, limit: number): PlanProblem[] {
  const included = plan.columns.filter((column) => column.included);
  const problems: PlanProblem[] = [];
  if (plan.tableName.trim() === "") problems.push({ kind: "no-table-name" });
  if (included.length === 0) problems.push({ kind: "no-columns" });
  if (included.length > limit) problems.push({ kind: "too-many-columns", limit });
  problems.push(...namingProblems(plan, included));
  for (const column of included) {
    const { count } = misfitsOf(column, choiceOf(column));
    if (count > 0) problems.push({ kind: "failing", name: column.name, count });
  }
  return problems;
}

function namingProblems(plan: ImportPlan, included: readonly PlannedColumn[]): PlanProblem[] {
  const seen = new Set<string>(plan.key === "IDENTITY" || plan.key === "UUIDv4" ? [addedKeyName] : []);
  const problems: PlanProblem[] = [];
  for (const { name, index } of included) {
    if (name.trim() === "") problems.push({ kind: "no-name", index });
    else if (seen.has(name)) problems.push({ kind: "same-name", name });
    seen.add(name);
  }
  return problems;
}

/** The call that carries the plan out. */
export function loadParams(
  plan: ImportPlan,
  preview: ImportPreview,
  place: { readonly database_id: number; readonly schema_oid: number },
): LoadParams {
  const included = plan.columns.filter((column) => column.included);
  const keyColumn = included.find((column) => plan.key === `column:${column.index}`);
  return {
    ...place,
    data_file_id: preview.data_file_id,
    table_name: plan.tableName.trim(),
    dialect: preview.dialect,
    columns: included.map((column) => {
      const { type, options, format } = choiceOf(column);
      const nullWords = column.nullWords.filter((word) => word.asNull).map((word) => word.word);
      return {
        index: column.index,
        name: column.name,
        type,
        ...(options ? { type_options: options } : {}),
        ...(format ? { format } : {}),
        ...(nullWords.length > 0 ? { null_words: nullWords } : {}),
      };
    }),
    ...(plan.key === "IDENTITY" || plan.key === "UUIDv4" ? { add_key: plan.key } : {}),
    ...(keyColumn ? { key_column: keyColumn.name } : {}),
    remove_nul: plan.removeNul,
    cut_long_lines: plan.cutLongLines,
  };
}
