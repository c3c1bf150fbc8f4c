import type { TableViewDefinition } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import type { LinkedColumn } from "$/features/table-view/linked";
import { definitionOf, isAsKept, viewOf } from "$/features/table-view/saved";
import { ownView, readView, writeView, type TableView } from "$/features/table-view/view";

const path: LinkedColumn["path"] = [
  [
    [10, 1],
    [20, 2],
  ],
  [
    [20, 3],
    [30, 1],
  ],
];
const linked = { alias: "20.2.3", path } as LinkedColumn;
const view: TableView = {
  filter: {
    mode: "and",
    items: [
      { attnum: 1, operator: "greater", values: ["10"] },
      {
        mode: "or",
        items: [
          { attnum: 2, operator: "contains_case_insensitive", values: ["ann"] },
          { attnum: 2, operator: "null", values: [] },
        ],
      },
      {
        mode: "not",
        items: [
          { attnum: 3, operator: "between", values: ["1", "5"] },
          { attnum: 3, operator: "in", values: ["7", "8"] },
        ],
      },
    ],
  },
  search: "sea",
  order: [
    { attnum: 3, direction: "desc", nulls: "last" },
    { attnum: 1, direction: "asc" },
  ],
  hidden: [4, 2],
  linked: ["20.2.3"],
  saved: 7,
};

describe("a saved view", () => {
  it("comes back from the server and from the address as it was kept", () => {
    const kept = definitionOf(view, [linked]);
    expect({ ...viewOf(kept), saved: 7 }).toEqual(view);
    expect(readView(writeView(view))).toEqual(view);
    expect(isAsKept(view, kept)).toBe(true);
  });

  it("is as it was kept wherever the columns that are hidden stand", () => {
    expect(isAsKept({ ...view, hidden: [2, 4] }, definitionOf(view, [linked]))).toBe(true);
  });

  it.each<[string, Partial<TableView>]>([
    ["the filter", { filter: { mode: "and", items: [] } }],
    ["the search", { search: "" }],
    ["the order", { order: [{ attnum: 1, direction: "asc" }] }],
    ["what is hidden", { hidden: [2] }],
    ["the linked records", { linked: [] }],
  ])("is not as it was kept when %s differs", (_what, change) => {
    expect(isAsKept({ ...view, ...change }, definitionOf(view, [linked]))).toBe(false);
  });

  it("with a single condition is a group of one", () => {
    const alone: TableView = {
      ...ownView,
      hidden: [],
      filter: { mode: "and", items: [{ attnum: 1, operator: "null", values: [] }] },
    };
    const kept = definitionOf(alone, []);
    expect(viewOf(kept)?.filter).toEqual(alone.filter);
  });

  it("may be written by a program, with numbers and less than everything", () => {
    const price = { type: "attnum", value: 1 };
    const kept: TableViewDefinition = { filter: { type: "lesser", args: [price, { type: "literal", value: 7.5 }] } };
    expect(viewOf(kept)).toEqual({
      ...{ search: "", order: [], hidden: [], linked: [] },
      filter: { mode: "and", items: [{ attnum: 1, operator: "lesser", values: ["7.5"] }] },
    });
    const unreadable = { type: "lesser", args: [{ type: "literal", value: 1 }, price] };
    expect(viewOf({ filter: unreadable })).toBeNull();
    expect(viewOf({ filter: { type: "and", args: [kept.filter!, unreadable] } })).toBeNull();
  });

  it("hides nothing in the address where it hides nothing", () => {
    expect(writeView({ ...ownView, hidden: [], saved: 7 }).has("hide")).toBe(true);
    expect(writeView({ ...ownView, hidden: [] }).toString()).toBe("");
  });
});
