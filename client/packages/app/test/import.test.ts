import type { ImportColumn, ImportPreview } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { chooseType, isReadAsNull, loadParams, misfitsOf, choiceOf, planOf, problemsOf } from "$/pages/import/plan";

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
