import { describe, expect, it } from "vitest";
import {
  allOf,
  compileFilter,
  countConditions,
  isComplete,
  readFilter,
  searchFilter,
  writeFilter,
  type Group,
} from "$/features/filter/model";

const nested: Group = {
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
    { mode: "not", items: [{ attnum: 3, operator: "between", values: ["1", "5"] }] },
  ],
};

const column = (attnum: number) => ({ type: "attnum", value: attnum });
const literal = (value: unknown) => ({ type: "literal", value });

describe("compileFilter", () => {
  it("writes groups in groups in the server's grammar", () => {
    expect(compileFilter(nested)).toEqual({
      type: "and",
      args: [
        { type: "greater", args: [column(1), literal("10")] },
        {
          type: "or",
          args: [
            { type: "contains_case_insensitive", args: [column(2), literal("ann")] },
            { type: "null", args: [column(2)] },
          ],
        },
        { type: "not", args: [{ type: "between", args: [column(3), literal("1"), literal("5")] }] },
      ],
    });
  });

  it("leaves out what is not filled in yet, and groups that are then empty", () => {
    const group: Group = {
      mode: "or",
      items: [
        { attnum: 1, operator: "equal", values: [""] },
        { mode: "and", items: [{ attnum: 2, operator: "between", values: ["1"] }] },
        { attnum: 3, operator: "not_null", values: [] },
      ],
    };
    expect(compileFilter(group)).toEqual({ type: "not_null", args: [column(3)] });
    expect(countConditions(group)).toBe(1);
    expect(compileFilter({ mode: "and", items: [] })).toBeNull();
  });

  it("says none of several as not (a or b)", () => {
    const none: Group = {
      mode: "not",
      items: [
        { attnum: 1, operator: "null", values: [] },
        { attnum: 2, operator: "null", values: [] },
      ],
    };
    expect(compileFilter(none)).toEqual({
      type: "not",
      args: [
        {
          type: "or",
          args: [
            { type: "null", args: [column(1)] },
            { type: "null", args: [column(2)] },
          ],
        },
      ],
    });
  });

  it("gives a list as one literal without its empty lines", () => {
    const list = { attnum: 1, operator: "in", values: ["a", "", "b"] };
    expect(compileFilter(list)).toEqual({ type: "in", args: [column(1), literal(["a", "b"])] });
  });

  it("does not take an operator that the registry lacks for complete", () => {
    expect(isComplete({ attnum: 1, operator: "sounds_like", values: ["x"] })).toBe(false);
  });
});

describe("the address bar", () => {
  it("gives back the filter that was written", () => {
    expect(readFilter(writeFilter(nested))).toEqual(nested);
  });

  it.each(["", "[", "{}", '["xor"]', '["and",[1,"no_such",""]]', '["and",["1","equal","x"]]', '["and",[1,"equal",7]]'])(
    "refuses %s",
    (text) => {
      expect(readFilter(text)).toBeNull();
    },
  );

  it("refuses nesting that nobody builds", () => {
    const deep = "[".repeat(40).replaceAll("[", '["and",') + "[]" + "]".repeat(40);
    expect(readFilter(deep)).toBeNull();
  });
});

describe("searchFilter", () => {
  it("looks in any of the columns, and joins with the filter", () => {
    const search = searchFilter(" x ", [1, 2]);
    expect(search?.type).toBe("or");
    expect(search?.args?.[1]).toEqual({ type: "contains_case_insensitive", args: [column(2), literal("x")] });
    expect(allOf([search, null])).toBe(search);
    expect(searchFilter("  ", [1])).toBeNull();
  });
});
