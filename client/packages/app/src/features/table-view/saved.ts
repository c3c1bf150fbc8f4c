/** Views of a table as they are kept on the server, in its grammar, and back. Pure. */

import type { FilterNode, TableViewDefinition } from "@mathesar/api";
import { compileFilter, type Condition, type FilterItem, type Group } from "$/features/filter/model";
import { operatorOf } from "$/features/filter/registry";
import { aliasOf, type LinkedColumn } from "./linked";
import type { TableView } from "./view";

/** `linked` tells how the linked records are reached that the view may show. */
export function definitionOf(view: TableView, linked: readonly LinkedColumn[]): TableViewDefinition {
  return {
    filter: compileFilter(view.filter),
    search: view.search.trim() || null,
    order: [...view.order],
    hidden: [...view.hidden],
    joined_columns: linked
      .filter(({ alias }) => view.linked.includes(alias))
      .map(({ alias, path }) => ({ alias, join_path: path })),
  };
}

/** Null for a filter that only programs write: what is shown must never be more than what was kept. */
export function viewOf({
  filter,
  search,
  order,
  hidden,
  joined_columns: joined,
}: TableViewDefinition): Omit<TableView, "saved"> | null {
  const read = filter ? readNode(filter) : { mode: "and" as const, items: [] };
  if (!read) return null;
  return {
    filter: "mode" in read ? read : { mode: "and", items: [read] },
    search: search ?? "",
    order: (order ?? []).map(({ attnum, direction, nulls }) => ({ attnum, direction, ...(nulls ? { nulls } : {}) })),
    hidden: hidden ?? [],
    linked: (joined ?? []).map(({ join_path }) => aliasOf(join_path)).filter((alias) => alias !== null),
  };
}

/** Whether the table is looked at as it was kept. */
export function isAsKept(view: TableView, kept: TableViewDefinition): boolean {
  const read = viewOf(kept);
  return read !== null && fingerprint(view) === fingerprint({ ...read, saved: view.saved });
}

/** Equal for views that show the same. */
function fingerprint(view: TableView): string {
  const { filter, search, order } = definitionOf(view, []);
  const sorts = order?.map(({ attnum, direction, nulls }) => [attnum, direction, nulls ?? null]);
  return JSON.stringify([filter, search, sorts, [...view.hidden].sort(), [...view.linked].sort()]);
}

/** The way back from `compileFilter`. */
function readNode({ type, args }: FilterNode): FilterItem | null {
  const operands = args ?? [];
  if (type === "and" || type === "or") return readGroup(type, operands);
  if (type === "not") {
    const [only, ...others] = operands;
    if (!only || others.length > 0) return null;
    return readGroup("not", only.type === "or" ? (only.args ?? []) : [only]);
  }
  return readCondition(type, operands);
}

function readGroup(mode: Group["mode"], operands: readonly FilterNode[]): Group | null {
  const items = operands.map(readNode);
  return items.every((item) => item !== null) ? { mode, items } : null;
}

function readCondition(operator: string, [column, ...literals]: readonly FilterNode[]): Condition | null {
  if (!operatorOf(operator) || column?.type !== "attnum" || typeof column.value !== "number") return null;
  if (literals.some(({ type }) => type !== "literal")) return null;
  const values = literals.flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : [value])).map(textOf);
  return values.every((value) => value !== null) ? { attnum: column.value, operator, values } : null;
}

function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
