import type { ColumnInfo, FormField } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { firstFields, keysOf, moved, newField, numbered, tablesOf } from "$/features/form/fields";
import { missingIn, valuesOf, type Filled, type SourceColumns } from "$/features/form/filling";
import { column as anyColumn } from "./columns";

function column(id: number, name: string, more: Partial<ColumnInfo> = {}): ColumnInfo {
  return anyColumn(id, { name, ...more });
}

const link = { table_oid: 20, attnum: 1, constraint: "visit_town_fkey" };
const since = { family: "timestamp", display_type: "timestamp with time zone" };
const visit = [
  column(1, "id", { primary_key: true, identity: "by_default", default: { value: "identity", is_dynamic: true } }),
  column(2, "name", { nullable: false }),
  column(3, "town", { link }),
  column(4, "twice", { generated: true }),
  column(5, "type"),
  column(6, "since", since),
];
const columns: SourceColumns = {
  10: Object.fromEntries(visit.map((each) => [each.id, each])),
  20: { 2: column(2, "name") },
};

describe("putting a form together", () => {
  const fields = firstFields(visit);

  it("begins with what people can fill in", () => {
    expect(fields.map(({ key, kind, is_required }) => [key, kind, is_required])).toEqual([
      ["name", "scalar_column", true],
      ["town", "foreign_key", false],
      ["type 2", "scalar_column", false],
      ["since", "scalar_column", false],
    ]);
  });

  it("gives each field a key of its own, in the whole form", () => {
    const nested = fields.map((field) =>
      field.key === "town" ? { ...field, child_fields: [newField(column(2, "name"), keysOf(fields), 0)] } : field,
    );
    expect([...keysOf(nested)]).toEqual(["name", "town", "name 2", "type 2", "since"]);
    expect(tablesOf(10, nested)).toEqual([10, 20]);
  });

  it("moves fields and numbers them as they stand", () => {
    const keys = (list: readonly FormField[]) => list.map(({ key }) => key);
    expect(keys(moved(fields, 2, -1))).toEqual(["name", "type 2", "town", "since"]);
    expect(keys(moved(fields, 0, -1))).toEqual(keys(fields));
    expect(numbered(moved(fields, 3, -9)).map(({ key, index }) => [key, index])[0]).toEqual(["since", 0]);
  });
});

describe("filling in a form", () => {
  const child = newField(column(2, "name", { nullable: false }), new Set(["name"]), 0);
  const fields = firstFields(visit).map((field) =>
    field.key === "town" ? { ...field, fk_interaction_rule: "must_create" as const, child_fields: [child] } : field,
  );
  const either = fields.map((field) =>
    field.key === "town" ? { ...field, fk_interaction_rule: "can_pick_or_create" as const } : field,
  );
  const filled = (values: Filled["values"], adding: Filled["adding"] = {}): Filled => ({ values, adding });

  it("leaves out what is blank", () => {
    expect(valuesOf(fields, 10, columns, filled({ name: "Eve", "type 2": " ", since: null }))).toEqual({ name: "Eve" });
  });

  it("chooses a linked record or adds one", () => {
    expect(valuesOf(fields, 10, columns, filled({ "name 2": "Bern" }))).toEqual({
      town: { type: "create", "name 2": "Bern" },
    });
    expect(valuesOf(either, 10, columns, filled({ town: "7", "name 2": "Bern" }))).toEqual({
      town: { type: "pick", value: "7" },
    });
    expect(valuesOf(either, 10, columns, filled({ town: "7" }, { town: true }))).toEqual({ town: { type: "create" } });
  });

  it("says when it was by the clock on this wall", () => {
    const moment = valuesOf(fields, 10, columns, filled({ since: "2024-02-29T12:00:01" }))["since"];
    expect(moment).toBe(new Date(2024, 1, 29, 12, 0, 1).toISOString());
  });

  it("asks for what has to be filled in, and for no part of a record that is not added", () => {
    expect(missingIn(fields, filled({}))).toEqual(["name"]);
    expect(missingIn(either, filled({ name: "Eve" }, { town: true }))).toEqual(["name 2"]);
    expect(missingIn(either, filled({ name: "Eve" }))).toEqual([]);
  });
});
