// @vitest-environment happy-dom
import type { RowKey } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { nameWarning } from "$/data/names";
import { gridColumns, kindOf } from "$/features/grid/columns";
import { cellValue, gridFailure, RowShape, serverChange } from "$/features/grid/rows";
import { linkedColumns, linkedGridColumn, type LinkedColumn } from "$/features/table-view/linked";
import { changesOf, draftOf, restorable } from "$/features/record/draft";
import { readRecordKey, writeRecordKey } from "$/features/record/recordKey";
import { castCheck, columnChange, columnForm, newColumn } from "$/features/schema-objects/columnForm";
import { fittedView, readView, sortedBy, writeView } from "$/features/table-view/view";
import { column } from "./columns";

describe("columns for the grid", () => {
  it("keep their slot whatever is moved or hidden", () => {
    const shown = gridColumns([column(1), column(2), column(3)], {
      order: [3, 1],
      hidden: [2],
      widths: { 1: 333 },
      sort: [],
    });
    expect(shown.map(({ id, slot, hidden }) => [id, slot, hidden])).toEqual([
      [3, 2, false],
      [1, 0, false],
      [2, 1, true],
    ]);
    expect(shown.map(({ width }) => width)).toEqual([undefined, 333, undefined]);
  });

  it("are of the kind that their family, their zone or their link asks for", () => {
    expect(kindOf(column(1, { family: "number", type: "integer" }))).toBe("number");
    expect(kindOf(column(1, { family: "timestamp", type: "timestamp with time zone" }))).toBe("timestamptz");
    expect(kindOf(column(1, { family: "range", type: "int4range" }))).toBe("other");
    const link = { table_oid: 1, attnum: 1, constraint: "fk" };
    expect(kindOf(column(1, { family: "number", type: "integer", link }))).toBe("link");
  });

  it("know the bounds of integers and never let an identity be written", () => {
    const [shown] = gridColumns([column(1, { type: "smallint", family: "number", identity: "always" })], {
      order: [],
      hidden: [],
      widths: {},
      sort: [],
    });
    expect(shown).toMatchObject({ integer: true, min: "-32768", max: "32767", generated: true, hasDefault: true });
  });
});

describe("rows", () => {
  it("are put in slots, with the labels of linked records", () => {
    const shape = new RowShape([2, 1]);
    expect(shape.row({ "1": "7" }, { "1": 7, "2": "x" }, { "1": { "7": "Seven" } })).toEqual({
      key: { "1": "7" },
      values: ["x", "7"],
      labels: { 1: "Seven" },
    });
  });

  it("have linked records behind their own values, unless the server left them out", () => {
    const shape = new RowShape([1], ["16403.2.3", "16404.2.3"]);
    const row = { "1": 7, "16403.2.3": { count: 30, result: [1, 2] }, "16404.2.3": { count: 0, result: [] } };
    const names = { "16403.2.3": { "1": "Ada" } };
    expect(shape.row(null, row, null, names).values).toEqual(["7", '{"count":30,"labels":["Ada","2"]}', null]);
    expect(shape.row(null, { "1": 7 }, null).values).toEqual(["7"]);
  });

  it("keep every value as exact text", () => {
    expect([1.5, true, null, undefined, "9007199254740993", [1]].map(cellValue)).toEqual([
      "1.5",
      true,
      null,
      null,
      "9007199254740993",
      "[1]",
    ]);
  });

  it("become changes that name columns by attribute number", () => {
    expect(serverChange({ op: "update", key: { "1": "7" }, set: { 2: null }, expect: { 2: "x" } })).toEqual({
      op: "update",
      key: { "1": "7" },
      set: { "2": null },
      expect: { "2": "x" },
    });
  });

  it("that somebody else changed are a conflict that carries the present row", () => {
    const shape = new RowShape([1, 2]);
    const changes = [{ op: "update" as const, key: { "1": "7" }, set: { 2: "a" }, expect: { 2: "x" } }];
    const failure = { index: 0, attnum: 2, reason: "conflict", present: { "1": "7", "2": "theirs" } };
    expect(gridFailure(failure, "changed", changes, shape)).toMatchObject({
      kind: "conflict",
      column: 2,
      present: { key: { "1": "7" }, values: ["7", "theirs"] },
    });
    const gone = { index: 0, attnum: null, reason: "gone", present: null };
    expect(gridFailure(gone, "gone", changes, shape)).toMatchObject({ kind: "conflict", present: null });
    const refused = { index: 0, attnum: 2, reason: "refused", present: null };
    expect(gridFailure(refused, "no", changes, shape)).toEqual({ index: 0, column: 2, kind: "error", message: "no" });
  });
});

describe("columns of users", () => {
  const person = (user_id: number, username: string, full_name: string) => ({
    id: user_id,
    user_id,
    database_id: 1,
    configured_role_id: 1,
    user_info: { id: user_id, username, full_name, email: "", is_superuser: false, display_language: "en" },
  });
  const people = [person(1, "gh", "Grace"), person(2, "ada1", "Ada"), person(3, "ada2", "Ada"), person(4, "nn", "")];
  const editor = column(2, { type: "integer", family: "number", metadata: { user_display_field: "full_name" } });

  it("offer everybody by a name that is theirs alone", () => {
    const choices = { order: [], hidden: [], widths: {}, sort: [], people } as const;
    const [shown] = gridColumns([editor], choices);
    expect(shown!.kind).toBe("user");
    expect(shown!.choices).toEqual([
      { value: "2", label: "Ada (ada1)" },
      { value: "3", label: "Ada (ada2)" },
      { value: "1", label: "Grace" },
      { value: "4", label: "nn" },
    ]);
  });

  it("are numbers again when their type is none for users", () => {
    expect(kindOf({ ...editor, type: "numeric", display_type: "numeric" })).toBe("number");
  });
});

describe("columns of linked records", () => {
  const [film, cast, person, rental] = [10, 11, 12, 13];
  const way = (target: number, own: number, other: number, second = false) => ({
    base: film,
    target,
    join_path: [
      [
        [film, 1],
        [cast, own],
      ],
      [
        [cast, other],
        [target, 1],
      ],
    ] satisfies LinkedColumn["path"],
    fkey_path: [
      [own, true],
      [other, second],
    ] satisfies [number, boolean][],
    depth: 2,
    multiple_results: true,
  });
  const table = (name: string, columns = {}) => ({ name, columns });
  const role = (name: string) => ({ name, type: "integer", primary_key: false });
  const target_table_info = {
    [cast]: table("cast", { 3: role("actor"), 4: role("writer") }),
    [person]: table("person"),
    [rental]: table("rental"),
  };

  it("are those over a table in between, called by where they lead", () => {
    const joinable_tables = [
      way(person, 2, 3),
      way(rental, 2, 9, true),
      way(film, 2, 2),
      { ...way(person, 2, 3), depth: 3 },
    ];
    const found = linkedColumns({ joinable_tables, target_table_info });
    expect(found).toMatchObject([{ id: -1, alias: "11.2.3", name: "person", base: 1, target: { table: person } }]);
    expect(found[0]!.between).toEqual({ table: cast, own: 2, other: 3 });
  });

  it("say by which column where several ways lead to one table", () => {
    const found = linkedColumns({ joinable_tables: [way(person, 2, 3), way(person, 2, 4)], target_table_info });
    expect(found.map(({ name }) => name)).toEqual(["person (cast.actor)", "person (cast.writer)"]);
  });

  it("stand behind the others, where nothing can be typed", () => {
    const [linked] = linkedColumns({ joinable_tables: [way(person, 2, 3)], target_table_info });
    const choices = { order: [2, 1], hidden: [], widths: { [-1]: 300 }, sort: [] };
    const shown = gridColumns([column(1), column(2)], choices, [linkedGridColumn(linked!, 2)]);
    expect(shown.map(({ id, slot }) => [id, slot])).toEqual([
      [2, 1],
      [1, 0],
      [-1, 2],
    ]);
    expect(shown[2]).toMatchObject({ kind: "records", generated: true, width: 300 });
  });
});

describe("a record form", () => {
  it("sends only what differs, with what was read", () => {
    const before = draftOf({ "1": 7, "2": "x", "3": null });
    expect(changesOf(before, { ...before, "2": "y", "3": "" })).toEqual({
      set: { "2": "y", "3": "" },
      expect: { "2": "x", "3": null },
    });
  });

  it("names a record shortly when it has a plain primary key, and wholly otherwise", () => {
    const primary = { kind: "primary_key", columns: [1], reason: null };
    expect(writeRecordKey({ "1": "7" }, primary)).toBe("7");
    const odd: RowKey[] = [{ "1": "7", "2": "b" }, { "1": "{odd}" }];
    for (const key of odd) {
      expect(readRecordKey(writeRecordKey(key, primary))).toEqual(key);
    }
    expect(readRecordKey(writeRecordKey({ "4": "x" }, { ...primary, kind: "unique" }))).toEqual({ "4": "x" });
  });
});

describe("a view in the address bar", () => {
  const view = {
    search: "ann",
    filter: { mode: "and" as const, items: [{ attnum: 1, operator: "equal", values: ["x"] }] },
    order: [
      { attnum: 2, direction: "desc" as const, nulls: "last" as const },
      { attnum: 1, direction: "asc" as const },
    ],
    hidden: [3, 4],
    linked: ["16403.2.3"],
    saved: null,
  };

  it("comes back as it was", () => {
    expect(readView(writeView(view))).toEqual(view);
  });

  it("says nothing of hidden columns where none was chosen", () => {
    expect(readView(new URLSearchParams("search=x"))).not.toHaveProperty("hidden");
    expect(readView(new URLSearchParams("hide=3"))).toHaveProperty("hidden", [3]);
  });

  it("loses what the table does not have any more", () => {
    const fitted = fittedView(view, [column(2), column(4)]);
    expect(fitted).toMatchObject({ filter: { items: [] }, hidden: [4] });
    expect(fitted.order.map((each) => each.attnum)).toEqual([2]);
  });

  it("sorts by the column that was asked for last first", () => {
    expect(sortedBy(view.order, 1, "desc").map(({ attnum, direction }) => [attnum, direction])).toEqual([
      [1, "desc"],
      [2, "desc"],
    ]);
  });
});

describe("a record that was deleted", () => {
  it("is restored with all that PostgreSQL takes", () => {
    const columns = [
      column(1, { identity: "by_default" }),
      column(2, { generated: true }),
      column(3, { identity: "always" }),
      column(4),
    ];
    expect(restorable(columns, { 1: "7", 2: "x", 3: "9", 4: null })).toEqual({ 1: "7", 4: null });
  });
});

describe("a change of a column", () => {
  const place = { database_id: 1, table_oid: 2 };

  it("is looked at beforehand only when the type changes", () => {
    const before = column(3);
    const form = columnForm(before);
    expect(castCheck(place, columnChange(before, { ...form, name: "other" }))).toBeNull();
    const change = columnChange(before, {
      ...form,
      type: "numeric",
      modifiers: { length: "", precision: "8", scale: "2" },
    });
    expect(castCheck(place, change)).toEqual({
      ...place,
      attnum: 3,
      type: "numeric",
      type_options: { precision: 8, scale: 2 },
    });
  });
});

describe("what fills a column", () => {
  it("is a value, an expression or a computation", () => {
    const form = { ...columnForm(undefined), name: "total", type: "integer", defaultText: "a * 2" };
    expect(newColumn({ ...form, filling: "value" })).toMatchObject({ default: { value: "a * 2" } });
    expect(newColumn({ ...form, filling: "expression" })).toMatchObject({
      default: { value: "a * 2", is_dynamic: true },
    });
    expect(newColumn({ ...form, filling: "stored" })).toMatchObject({ generated: { expression: "a * 2" } });
    expect(newColumn({ ...form, filling: "virtual" })).toMatchObject({
      generated: { expression: "a * 2", stored: false },
    });
    expect(newColumn({ ...form, filling: "expression", defaultText: "" })).not.toHaveProperty("default");
  });

  it("changes only where it differs", () => {
    const plain = column(3);
    expect(columnChange(plain, { ...columnForm(plain), filling: "expression" })).toEqual({ id: 3 });
    const dynamic = column(3, { name: "made", default: { value: "now()", is_dynamic: true } });
    const form = columnForm(dynamic);
    expect(columnChange(dynamic, form)).toEqual({ id: 3 });
    expect(columnChange(dynamic, { ...form, filling: "value" }).default).toEqual({ value: "now()" });
    expect(columnChange(dynamic, { ...form, defaultText: "" }).default).toBeNull();
    const counted = column(1, { name: "id", identity: "always", default: { value: "identity", is_dynamic: true } });
    expect(columnForm(counted)).toMatchObject({ filling: "value", defaultText: "" });
  });
});

describe("names", () => {
  it("are warned about where they look like another one", () => {
    expect(nameWarning("plain name")).toBeNull();
    for (const name of [" a", "a ", "a  b", "a\u00a0b"]) expect(nameWarning(name)).not.toBeNull();
  });
});
