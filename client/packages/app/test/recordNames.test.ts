import { describe, expect, it } from "vitest";
import { maySetLooks, nextPart, readTemplate, usualTemplate, writeTemplate } from "$/features/record-names/template";
import { column } from "./columns";

describe("what records are called", () => {
  it("comes back as it was stored, without what says nothing", () => {
    const stored = ["#", [1], " – ", [2, 5, 10]];
    expect(writeTemplate(readTemplate(stored)!)).toEqual(stored);
    expect(
      writeTemplate([
        { kind: "text", text: "" },
        { kind: "column", chain: [3] },
      ]),
    ).toEqual([[3]]);
  });

  it.each([[null], [undefined], [[]], [[["title"]]], [[[]]], [[{ column: 1 }]]])(
    "is chosen by nobody in %j",
    (stored) => {
      expect(readTemplate(stored)).toBeNull();
    },
  );

  it("is the first column of text while nobody has chosen", () => {
    const usual = usualTemplate([column(1, { family: "number" }), column(2, { family: "text" })]);
    expect(usual).toEqual([{ kind: "column", chain: [2] }]);
    expect(usualTemplate([column(4, { family: "number" })])).toEqual([{ kind: "column", chain: [4] }]);
    expect(usualTemplate([])).toEqual([]);
  });

  it("goes on with a column that does not stand in it yet", () => {
    const columns = [column(1, { family: "number" }), column(2), column(3)];
    const chosen = (...attnums: number[]) => attnums.map((attnum) => ({ kind: "column" as const, chain: [attnum, 9] }));
    expect(nextPart(columns, [{ kind: "text", text: "2" }])).toEqual({ kind: "column", chain: [2] });
    expect(nextPart(columns, chosen(2))).toEqual({ kind: "column", chain: [3] });
    expect(nextPart(columns, chosen(2, 3))).toEqual({ kind: "column", chain: [1] });
    expect(nextPart(columns, chosen(1, 2, 3))).toEqual({ kind: "column", chain: [2] });
    expect(nextPart([], [])).toBeUndefined();
  });

  it("is set by whom the database lets set it", () => {
    expect([maySetLooks("collaborators", false), maySetLooks("owners", true)]).toEqual([true, true]);
    expect([maySetLooks("owners", false), maySetLooks(undefined, true)]).toEqual([false, false]);
  });
});
