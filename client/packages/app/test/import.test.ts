import type { ColumnInfo, ImportColumn, ImportPreview } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { appendParams, appendProblems, fitOf, proposedMapping } from "$/pages/import/append";
import { chooseType, isReadAsNull, loadParams, misfitsOf, choiceOf, planOf, problemsOf } from "$/pages/import/plan";
import { column as tableColumn } from "./columns";

const place = { database_id: 1, schema_oid: 2200 };

function column(index: number, name: string, more: Partial<ImportColumn> = {}): ImportColumn {
  return {
    index,
    header: name,
    name,
    type: "text",
    type_options: null,
    format: null,
    confidence: 1,
    empty: 0,
    null_words: [],
    null_words_are_null: false,
    losses: [],
    alternatives: [],
    unique: false,
    ...more,
  };
}

function preview(columns: ImportColumn[], more: Partial<ImportPreview> = {}): ImportPreview {
  return {
    data_file_id: 7,
    table_name: "birds",
    dialect: { delimiter: ";" },
    rows: 2,
    columns,
    sample: [],
    warnings: [],
    column_limit: 1600,
    ...more,
  };
}

describe("an import plan", () => {
  it("loads the chosen columns under their new names, as the chosen types", () => {
    const dates = {
      type: "date",
      format: "dmy",
      alternatives: [{ type: "text", format: null, failing: 0, samples: [], losses: [] }],
    };
    const file = preview([column(0, "a"), column(1, "day", dates), column(2, "b", dates)]);
    const plan = planOf(file);
    plan.columns[0]!.included = false;
    plan.columns[1]!.name = "Day";
    plan.columns[2]!.choice = "text";
    expect(problemsOf(plan, file.column_limit)).toEqual([]);
    expect(loadParams(plan, file, place)).toMatchObject({
      data_file_id: 7,
      dialect: { delimiter: ";" },
      columns: [
        { index: 1, name: "Day", type: "date", format: "dmy" },
        { index: 2, name: "b", type: "text" },
      ],
      add_key: "IDENTITY",
    });
  });

  it("takes a column called id as the key when it can be one", () => {
    const file = preview([column(0, "ID", { unique: true })]);
    const plan = planOf(file);
    const params = loadParams(plan, file, place);
    expect(params.key_column).toBe("ID");
    expect(params).not.toHaveProperty("add_key");
    expect(planOf(preview([column(0, "id")])).key).toBe("none");
  });

  it("reads words as no value where that makes a type, and keeps them in text unless told otherwise", () => {
    const words = {
      type: "integer",
      null_words: [{ word: "NA", count: 2, line: 3 }],
      null_words_are_null: true,
      alternatives: [{ type: "text", format: null, failing: 0, samples: [], losses: [] }],
    };
    const file = preview([column(0, "n", words)]);
    const plan = planOf(file);
    const n = plan.columns[0]!;
    expect(loadParams(plan, file, place).columns[0]).toMatchObject({ type: "integer", null_words: ["NA"] });
    expect(isReadAsNull(n, " NA ")).toBe(true);
    n.nullWords[0]!.asNull = false;
    expect(misfitsOf(n, choiceOf(n))).toEqual({ count: 2, samples: [{ line: 3, value: "NA" }] });
    expect(problemsOf(plan, 9)).toEqual([{ kind: "failing", name: "n", count: 2 }]);
    n.nullWords[0]!.asNull = true;
    chooseType(n, "text");
    expect(problemsOf(plan, 9)).toEqual([]);
    expect(loadParams(plan, file, place).columns[0]).not.toHaveProperty("null_words");
    n.nullWords[0]!.asNull = true;
    expect(loadParams(plan, file, place).columns[0]).toMatchObject({ type: "text", null_words: ["NA"] });
    chooseType(n, "integer");
    expect(n.nullWords[0]!.asNull).toBe(true);
  });

  it("leaves out the columns beyond the limit", () => {
    const file = preview([column(0, "a"), column(1, "b")], { column_limit: 1 });
    expect(planOf(file).columns.map((each) => each.included)).toEqual([true, false]);
  });

  it("finds what would be refused", () => {
    const failing = { alternatives: [{ type: "date", format: null, failing: 3, samples: [], losses: [] }] };
    const file = preview([column(0, "a", failing), column(1, "a"), column(2, "id")]);
    const plan = planOf(file);
    plan.tableName = " ";
    plan.key = "UUIDv4";
    plan.columns[0]!.choice = "date";
    expect(problemsOf(plan, 2)).toEqual([
      { kind: "no-table-name" },
      { kind: "too-many-columns", limit: 2 },
      { kind: "same-name", name: "a" },
      { kind: "same-name", name: "id" },
      { kind: "failing", name: "a", count: 3 },
    ]);
  });
});

function taker(id: number, name: string, more: Partial<ColumnInfo> = {}): ColumnInfo {
  return tableColumn(id, { name, current_role_priv: ["SELECT", "INSERT"], ...more });
}

describe("rows for a table that is there", () => {
  const id = taker(1, "id", {
    type: "integer",
    family: "number",
    identity: "by_default",
    nullable: false,
    default: { value: "identity", is_dynamic: true },
  });
  const name = taker(2, "Name", { nullable: false });
  const price = taker(3, "price", { type: "real", family: "number" });
  const columns = [id, name, price];
  const numbers = column(2, "Price", {
    null_words: [{ word: "-", count: 1, line: 3 }],
    alternatives: [{ type: "numeric", format: "1.234,5", failing: 2, samples: [], losses: [] }],
  });
  const file = preview([column(0, "id"), column(1, " name "), numbers]);

  it("go by their names, and leave numbers to PostgreSQL", () => {
    expect(proposedMapping(file, columns)).toEqual([null, 2, 3]);
    expect(proposedMapping(file, [taker(2, "name", { current_role_priv: ["SELECT"] })])).toEqual([null, null, null]);
  });

  it("are read as the type of their column", () => {
    expect(fitOf(numbers, price)).toEqual({ format: "1.234,5", failing: 2, samples: [], nullWords: ["-"] });
    expect(fitOf(numbers, name)).toEqual({ format: null, failing: 0, samples: [], nullWords: [] });
    const params = appendParams(
      file,
      columns,
      [null, 2, 3],
      { database_id: 1, table_oid: 9 },
      { remove_nul: false, cut_long_lines: true },
    );
    expect(params).toMatchObject({
      table_oid: 9,
      cut_long_lines: true,
      columns: [
        { index: 1, attnum: 2 },
        { index: 2, attnum: 3, format: "1.234,5", null_words: ["-"] },
      ],
    });
  });

  it("are refused with what stands in the way", () => {
    expect(appendProblems(file, columns, [null, null, null])).toHaveLength(1);
    expect(appendProblems(file, columns, [2, 2, null])).toHaveLength(1);
    expect(appendProblems(file, [name, price], [null, null, 3])).toHaveLength(2);
    expect(appendProblems(file, [name], [null, 2, null])).toEqual([]);
  });
});
