/** How a table is looked at: what is left out, in which order, which columns. Pure; the address bar holds it. */

import type { ColumnInfo, OrderBy, RecordsListParams } from "@mathesar/api";
import {
  allOf,
  compileFilter,
  countConditions,
  emptyFilter,
  isGroup,
  readFilter,
  searchFilter,
  writeFilter,
  type Group,
} from "$/features/filter/model";

export interface TableView {
  readonly filter: Group;
  readonly search: string;
  readonly order: readonly OrderBy[];
  /** Attribute numbers. */
  readonly hidden: readonly number[];
  /** Columns of linked records that are shown, by their aliases. */
  readonly linked: readonly string[];
  /** The saved view that it began with, if any. */
  readonly saved: number | null;
}

/** Without any saved view: all rows, and the columns that the user chose for themselves. */
export const ownView: Omit<TableView, "hidden"> = {
  filter: emptyFilter,
  search: "",
  order: [],
  linked: [],
  saved: null,
};

const searchableColumns = 60;

export function writeView(view: TableView): URLSearchParams {
  const search = new URLSearchParams();
  if (view.search.trim()) search.set("search", view.search);
  if (countConditions(view.filter) > 0) search.set("filter", writeFilter(view.filter));
  if (view.order.length > 0) search.set("sort", view.order.map(writeOrder).join(","));
  // A saved view says which columns it leaves out, also none: what the user chose for themselves does not count there.
  if (view.hidden.length > 0 || view.saved !== null) search.set("hide", view.hidden.join(","));
  if (view.linked.length > 0) search.set("linked", view.linked.join(","));
  if (view.saved !== null) search.set("view", String(view.saved));
  return search;
}

/** `hidden` is absent where the address does not speak of it. */
export function readView(search: URLSearchParams): Omit<TableView, "hidden"> & Partial<Pick<TableView, "hidden">> {
  const list = (name: string) => (search.get(name) ?? "").split(",").filter(Boolean);
  return {
    search: search.get("search") ?? "",
    filter: readFilter(search.get("filter") ?? "") ?? emptyFilter,
    order: list("sort")
      .map(readOrder)
      .filter((each) => each !== null),
    linked: list("linked"),
    saved: Number.parseInt(search.get("view") ?? "", 10) || null,
    ...(search.has("hide") ? { hidden: list("hide").map(Number).filter(Number.isInteger) } : {}),
  };
}

function writeOrder({ attnum, direction, nulls }: OrderBy): string {
  return [attnum, direction, nulls].filter(Boolean).join(".");
}

function readOrder(text: string): OrderBy | null {
  const match = /^(\d+)\.(asc|desc)(?:\.(first|last))?$/.exec(text);
  if (!match) return null;
  const [, attnum, direction, nulls] = match;
  return {
    attnum: Number(attnum),
    direction: direction as OrderBy["direction"],
    ...(nulls ? { nulls: nulls as "first" | "last" } : {}),
  };
}

/** The view without columns that the table does not have (any more), which the server would refuse. */
export function fittedView(view: TableView, columns: readonly ColumnInfo[]): TableView {
  const known = new Set(columns.map((column) => column.id));
  const fit = (group: Group): Group => ({
    mode: group.mode,
    items: group.items
      .filter((item) => isGroup(item) || known.has(item.attnum))
      .map((item) => (isGroup(item) ? fit(item) : item)),
  });
  return {
    search: view.search,
    filter: fit(view.filter),
    order: view.order.filter(({ attnum }) => known.has(attnum)),
    linked: view.linked,
    saved: view.saved,
    hidden: view.hidden.filter((attnum) => known.has(attnum)),
  };
}

/** The part of a request that says which rows, in which order. */
export function selectionOf(
  view: TableView,
  columns: readonly ColumnInfo[],
): Pick<RecordsListParams, "filter" | "order"> {
  const searched = columns
    .filter((column) => column.family !== "bytes" && !view.hidden.includes(column.id))
    .slice(0, searchableColumns)
    .map((column) => column.id);
  const filter = allOf([compileFilter(view.filter), searchFilter(view.search, searched)]);
  return { ...(filter ? { filter } : {}), ...(view.order.length > 0 ? { order: [...view.order] } : {}) };
}

/** The order after a click on "sort" of a column: alone, or beside what is sorted already. */
export function sortedBy(order: readonly OrderBy[], attnum: number, direction: OrderBy["direction"]): OrderBy[] {
  return [{ attnum, direction }, ...order.filter((each) => each.attnum !== attnum)];
}
