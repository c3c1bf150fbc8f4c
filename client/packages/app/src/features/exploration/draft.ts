/** An exploration as a person builds it, and its way from and to the server's grammar. Pure. */

import type {
  AggregationExpression,
  ExplorationColumn,
  ExplorationDef,
  ExplorationFilter,
  ExplorationOrder,
  ExplorationSummary,
  GroupingExpression,
  OrderBy,
  Transformation,
} from "@mathesar/api";
import { emptyFilter, type Group } from "$/features/filter/model";
import type { Aliases } from "./aliases";
import { readCondition, writeCondition } from "./condition";

export type JoinPath = NonNullable<ExplorationColumn["join_path"]>;

/** A column of a table. Columns are known by their number in `Aliases` everywhere in a draft. */
export interface DraftColumn {
  readonly id: number;
  readonly attnum: number;
  /** The links from the base table to the column's. */
  readonly path: JoinPath;
}

export interface Grouping {
  readonly input: number;
  readonly output: number;
  readonly preproc: string | null;
}

export interface Aggregation {
  readonly input: number;
  readonly output: number;
  readonly function: string;
}

export interface Summary {
  /** The column that decides what becomes of those that are not mentioned; one of those that are grouped by. */
  readonly base: number;
  readonly groups: readonly Grouping[];
  readonly aggregations: readonly Aggregation[];
  /** Whether columns that are not mentioned stay, as the server decides how. */
  readonly keepsOthers: boolean;
}

export type StepWork =
  | { readonly kind: "filter"; readonly filter: Group }
  /** A condition that the filter's form cannot show; it is kept as it is. */
  | { readonly kind: "condition"; readonly spec: ExplorationFilter }
  | { readonly kind: "order"; readonly order: readonly OrderBy[] }
  | { readonly kind: "summarize"; readonly summary: Summary }
  | { readonly kind: "hide" | "select"; readonly columns: readonly number[] }
  | { readonly kind: "limit" | "offset"; readonly rows: number };

/** `key` tells steps apart while they are moved. */
export type Step = StepWork & { readonly key: number };

export interface Draft {
  readonly base: number | null;
  readonly columns: readonly DraftColumn[];
  readonly steps: readonly Step[];
  /** What people read above a column, where that is not its alias. */
  readonly names: Readonly<Record<number, string>>;
}

export const emptyDraft: Draft = { base: null, columns: [], steps: [], names: {} };

let lastKey = 0;

export function newStep(work: StepWork): Step {
  lastKey += 1;
  return { ...work, key: lastKey };
}

/** A table with all its columns. */
export function draftOf(
  table: number,
  columns: readonly { readonly id: number; readonly name: string }[],
  aliases: Aliases,
): Draft {
  const whole = columns.map(({ id, name }) => ({ id: aliases.idOf(name), attnum: id, path: [] }));
  return { ...emptyDraft, base: table, columns: whole };
}

/** Numbers of the columns that a draft makes. */
export function idsIn({ columns, steps }: Draft): Set<number> {
  const summaries = steps.flatMap((step) => (step.kind === "summarize" ? [step.summary] : []));
  const made = summaries.flatMap(({ groups, aggregations }) => [...groups, ...aggregations]);
  return new Set([...columns.map(({ id }) => id), ...made.map(({ output }) => output)]);
}

/** What people read above a column. */
export function nameOf(draft: Draft, id: number, aliases: Aliases): string {
  return draft.names[id] ?? aliases.aliasOf(id);
}

/** Calls a column otherwise; without a name it goes by its alias. */
export function renamed(draft: Draft, id: number, name: string, aliases: Aliases): Draft {
  const others = Object.entries(draft.names).filter(([other]) => Number(other) !== id);
  const isNone = name.trim() === "" || name === aliases.aliasOf(id);
  return { ...draft, names: { ...(Object.fromEntries(others) as Draft["names"]), ...(isNone ? {} : { [id]: name }) } };
}

export function samePath(a: JoinPath, b: JoinPath): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What `writeDraft` makes of a draft: a definition, and how many transformations there are after each of the draft's steps. */
export interface Written {
  readonly definition: ExplorationDef;
  readonly ends: readonly number[];
}

export function writeDraft(draft: Draft, aliases: Aliases): Written {
  const transformations: Transformation[] = [];
  const ends = draft.steps.map((step) => transformations.push(...writeStep(step, aliases)));
  const names = Object.entries(draft.names).map(([id, name]) => [aliases.aliasOf(Number(id)), name]);
  const definition = {
    base_table_oid: draft.base ?? 0,
    initial_columns: draft.columns.map(({ id, attnum, path }) => ({
      alias: aliases.aliasOf(id),
      attnum,
      ...(path.length > 0 ? { join_path: path } : {}),
    })),
    ...(transformations.length > 0 ? { transformations } : {}),
    ...(names.length > 0 ? { display_names: Object.fromEntries(names) as Record<string, string> } : {}),
  };
  return { definition, ends };
}

/** A step that does not say anything yet is none. */
function writeStep(step: StepWork, aliases: Aliases): Transformation[] {
  const named = (ids: readonly number[]) => ids.map((id) => aliases.aliasOf(id));
  switch (step.kind) {
    case "filter": {
      const spec = writeCondition(step.filter, aliases);
      return spec ? [{ type: "filter", spec }] : [];
    }
    case "condition":
      return [{ type: "filter", spec: step.spec }];
    case "order":
      return step.order.length > 0
        ? [{ type: "order", spec: step.order.map((each) => writeOrder(each, aliases)) }]
        : [];
    case "summarize":
      return writeSummary(step.summary, aliases);
    case "hide":
    case "select":
      return step.columns.length > 0 ? [{ type: step.kind, spec: named(step.columns) }] : [];
    case "limit":
    case "offset":
      return [{ type: step.kind, spec: step.rows }];
  }
}

function writeOrder({ attnum, direction, nulls }: OrderBy, aliases: Aliases): ExplorationOrder {
  const field = aliases.aliasOf(attnum);
  if (!nulls) return { field, direction };
  return { field, direction, ...(nulls === "first" ? { nullsfirst: true } : { nullslast: true }) };
}

/** The server adds columns that are not mentioned; those that shall not stay are left out before. */
function writeSummary({ base, groups, aggregations, keepsOthers }: Summary, aliases: Aliases): Transformation[] {
  if (groups.length === 0) return [];
  const inputs = [...new Set([...groups, ...aggregations].map(({ input }) => aliases.aliasOf(input)))];
  const spec: ExplorationSummary = {
    base_grouping_column: aliases.aliasOf(base),
    grouping_expressions: groups.map(({ input, output, preproc }) => ({
      input_alias: aliases.aliasOf(input),
      output_alias: aliases.aliasOf(output),
      ...(preproc ? { preproc } : {}),
    })),
    aggregation_expressions: aggregations.map((aggregation) => ({
      input_alias: aliases.aliasOf(aggregation.input),
      output_alias: aliases.aliasOf(aggregation.output),
      function: aggregation.function,
    })),
  };
  const summarize: Transformation = { type: "summarize", spec };
  return keepsOthers ? [summarize] : [{ type: "select", spec: inputs }, summarize];
}

export function readDraft(definition: ExplorationDef, aliases: Aliases): Draft {
  const transformations = definition.transformations ?? [];
  const steps: Step[] = [];
  transformations.forEach((transformation, index) => {
    const next = transformations[index + 1];
    if (isSelectionFor(transformation, next)) return;
    const before = transformations[index - 1];
    steps.push(newStep(readStep(transformation, before, aliases)));
  });
  const names = Object.entries(definition.display_names ?? {}).map(([alias, name]) => [aliases.idOf(alias), name]);
  return {
    base: definition.base_table_oid,
    columns: definition.initial_columns.map(({ alias, attnum, join_path }) => ({
      id: aliases.idOf(alias),
      attnum,
      path: join_path ?? [],
    })),
    steps,
    names: Object.fromEntries(names) as Record<number, string>,
  };
}

/** Whether a step only keeps what the summary behind it mentions, as `writeSummary` writes it. */
function isSelectionFor(step: Transformation | undefined, next: Transformation | undefined): boolean {
  if (step?.type !== "select" || next?.type !== "summarize") return false;
  const { base_grouping_column: base, grouping_expressions, aggregation_expressions } = next.spec;
  const mentioned = [...(grouping_expressions ?? []), ...(aggregation_expressions ?? [])].map(
    (each) => each.input_alias,
  );
  const inputs = new Set([...mentioned, base]);
  return inputs.size === step.spec.length && step.spec.every((alias) => inputs.has(alias));
}

function readStep(step: Transformation, before: Transformation | undefined, aliases: Aliases): StepWork {
  const known = (names: readonly string[]) => names.map((alias) => aliases.idOf(alias));
  switch (step.type) {
    case "filter": {
      const filter = readCondition(step.spec, aliases);
      return filter ? { kind: "filter", filter } : { kind: "condition", spec: step.spec };
    }
    case "order":
      return { kind: "order", order: step.spec.map((each) => readOrder(each, aliases)) };
    case "summarize":
      return { kind: "summarize", summary: readSummary(step.spec, !isSelectionFor(before, step), aliases) };
    case "hide":
    case "select":
      return { kind: step.type, columns: known(step.spec) };
    case "limit":
    case "offset":
      return { kind: step.type, rows: step.spec };
  }
}

function readOrder({ field, direction, nullsfirst, nullslast }: ExplorationOrder, aliases: Aliases): OrderBy {
  const nulls = nullsfirst ? { nulls: "first" as const } : nullslast ? { nulls: "last" as const } : {};
  return { attnum: aliases.idOf(field), direction, ...nulls };
}

function readSummary(spec: ExplorationSummary, keepsOthers: boolean, aliases: Aliases): Summary {
  const base = aliases.idOf(spec.base_grouping_column);
  const group = ({ input_alias, output_alias, preproc }: GroupingExpression): Grouping => ({
    input: aliases.idOf(input_alias),
    output: aliases.idOf(output_alias),
    preproc: preproc ?? null,
  });
  const aggregation = ({ input_alias, output_alias, function: name }: AggregationExpression): Aggregation => ({
    input: aliases.idOf(input_alias),
    output: aliases.idOf(output_alias),
    function: name,
  });
  const groups = (spec.grouping_expressions ?? []).map(group);
  // The server groups by the base column in any case, and calls it so.
  const isGrouped = groups.some(({ input }) => input === base);
  const output = aliases.idOf(`${spec.base_grouping_column}_grouped`);
  return {
    base,
    groups: isGrouped ? groups : [...groups, { input: base, output, preproc: null }],
    aggregations: (spec.aggregation_expressions ?? []).map(aggregation),
    keepsOthers,
  };
}

/** A step of a kind as it is added, before anything is filled in. `columns` are those that it finds, at least one. */
export function blankStep(kind: AddedKind, columns: readonly { readonly id: number }[]): Step {
  switch (kind) {
    case "filter":
      return newStep({ kind, filter: emptyFilter });
    case "order":
      return newStep({ kind, order: [] });
    case "summarize": {
      const base = columns[0]?.id ?? 0;
      const groups = [{ input: base, output: base, preproc: null }];
      return newStep({ kind, summary: { base, groups, aggregations: [], keepsOthers: false } });
    }
    case "hide":
      return newStep({ kind, columns: [] });
    case "limit":
      return newStep({ kind, rows: 100 });
  }
}

/** The kinds of steps that people add; the others only come in explorations that were made elsewhere. */
export const addedKinds = [
  "filter",
  "summarize",
  "order",
  "hide",
  "limit",
] as const satisfies readonly StepWork["kind"][];
export type AddedKind = (typeof addedKinds)[number];
