/** A filter as a person builds it: conditions in nested groups; and its way to the server and into the address bar. */

import type { ColumnInfo, FilterNode } from "@mathesar/api";
import { operatorOf } from "./registry";

/** What conditions are put together from: a column of a table, or of what an exploration gives. */
export type FilterColumn = Pick<ColumnInfo, "id" | "name" | "family" | "type_options" | "link"> &
  Partial<Pick<ColumnInfo, "type" | "metadata">>;

export interface Condition {
  readonly attnum: number;
  readonly operator: string;
  /** As many as the operator takes; an empty text is still to be filled in. */
  readonly values: readonly string[];
}

/** `not` holds when none of its items does. */
export type GroupMode = "and" | "or" | "not";

export interface Group {
  readonly mode: GroupMode;
  readonly items: readonly FilterItem[];
}

export type FilterItem = Condition | Group;

export const emptyFilter: Group = { mode: "and", items: [] };

export function isGroup(item: FilterItem): item is Group {
  return "mode" in item;
}

/** How many conditions are complete and so take part. */
export function countConditions(item: FilterItem): number {
  if (!isGroup(item)) return isComplete(item) ? 1 : 0;
  return item.items.reduce((sum, each) => sum + countConditions(each), 0);
}

export function isComplete({ operator, values }: Condition): boolean {
  const needed = operatorOf(operator)?.operands;
  switch (needed) {
    case undefined:
      return false;
    case "none":
      return true;
    case "one":
      return (values[0] ?? "") !== "";
    case "two":
      return (values[0] ?? "") !== "" && (values[1] ?? "") !== "";
    case "many":
      return values.some((value) => value !== "");
  }
}

/** The filter in the server's grammar; null when nothing in it is complete. */
export function compileFilter(item: FilterItem): FilterNode | null {
  if (!isGroup(item)) return isComplete(item) ? compileCondition(item) : null;
  const parts = item.items.map(compileFilter).filter((part) => part !== null);
  const joined = join(parts, item.mode === "and" ? "and" : "or");
  return joined && item.mode === "not" ? { type: "not", args: [joined] } : joined;
}

/** Conditions that must all hold, from several sources. */
export function allOf(parts: readonly (FilterNode | null)[]): FilterNode | null {
  return join(
    parts.filter((part) => part !== null),
    "and",
  );
}

function join(parts: readonly FilterNode[], operator: "and" | "or"): FilterNode | null {
  const [first, ...rest] = parts;
  if (!first) return null;
  return rest.length === 0 ? first : { type: operator, args: [first, ...rest] };
}

function compileCondition({ attnum, operator, values }: Condition): FilterNode {
  return { type: operator, args: [{ type: "attnum", value: attnum }, ...literals(operator, values)] };
}

function literals(operator: string, values: readonly string[]): FilterNode[] {
  switch (operatorOf(operator)?.operands) {
    case "one":
      return [{ type: "literal", value: values[0] }];
    case "two":
      return [
        { type: "literal", value: values[0] },
        { type: "literal", value: values[1] },
      ];
    case "many":
      return [{ type: "literal", value: values.filter((value) => value !== "") }];
    default:
      return [];
  }
}

/** Rows in which some of the columns contain the words, whatever the case. */
export function searchFilter(words: string, attnums: readonly number[]): FilterNode | null {
  if (words.trim() === "") return null;
  return join(
    attnums.map((attnum) => ({
      type: "contains_case_insensitive",
      args: [
        { type: "attnum", value: attnum },
        { type: "literal", value: words.trim() },
      ],
    })),
    "or",
  );
}

type Written = [number, string, ...string[]] | [GroupMode, ...unknown[]];

/** Short JSON for the address bar: a condition is `[attnum, operator, …values]`, a group `[mode, …items]`. */
export function writeFilter(group: Group): string {
  const write = (item: FilterItem): Written =>
    isGroup(item) ? [item.mode, ...item.items.map(write)] : [item.attnum, item.operator, ...item.values];
  return JSON.stringify(write(group));
}

/** Reads what `writeFilter` wrote; null for anything else, since addresses are edited and cut. */
export function readFilter(text: string): Group | null {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    return null;
  }
  const item = readItem(written, 0);
  return item && isGroup(item) ? item : null;
}

const deepest = 8;

function readItem(written: unknown, depth: number): FilterItem | null {
  if (!Array.isArray(written) || depth > deepest) return null;
  const [head, ...rest] = written as unknown[];
  if (head === "and" || head === "or" || head === "not") {
    const items = rest.map((each) => readItem(each, depth + 1));
    return items.every((each) => each !== null) ? { mode: head, items } : null;
  }
  const [operator, ...values] = rest;
  if (typeof head !== "number" || typeof operator !== "string" || !operatorOf(operator)) return null;
  return values.every((value) => typeof value === "string") ? { attnum: head, operator, values } : null;
}
