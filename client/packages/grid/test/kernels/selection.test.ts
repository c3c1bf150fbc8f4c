import { describe, expect, test } from "vitest";
import { extendFill, fillRect, fillTarget } from "../../src/kernels/fill.ts";
import { cycle, move, nextInReadingOrder, type MoveContext } from "../../src/kernels/moves.ts";
import { moveItem } from "../../src/kernels/order.ts";
import { planPaste, tileAt, widthOf } from "../../src/kernels/paste.ts";
import { countBelow, fromNumbers, has, intersect, numbersIn, range, sizeOfRanges, subtract, union, type Ranges } from "../../src/kernels/ranges.ts";
import {
  addBlock, areaOf, collapse, contains, copyShape, countCells, disjointRects, extendTo, fitSelection, isSingleCell, rectsOf, selectBlock, selectCell,
  type Rect,
} from "../../src/kernels/selection.ts";

const rect = (top: number, left: number, bottom: number, right: number): Rect => ({ top, left, bottom, right });

describe("ranges", () => {
  test.each<[Ranges, Ranges, Ranges, Ranges, Ranges]>([
    // a, b, union, difference, intersection
    [[], [[1, 3]], [[1, 3]], [], []],
    [[[1, 3]], [[3, 5]], [[1, 5]], [[1, 3]], []],
    [[[1, 9]], [[3, 5]], [[1, 9]], [[1, 3], [5, 9]], [[3, 5]]],
    [[[1, 3], [7, 9]], [[2, 8]], [[1, 9]], [[1, 2], [8, 9]], [[2, 3], [7, 8]]],
    [[[1, 3]], [[5, 6]], [[1, 3], [5, 6]], [[1, 3]], []],
  ])("%j and %j", (a, b, joined, left, both) => {
    expect(union(a, b)).toEqual(joined);
    expect(subtract(a, b)).toEqual(left);
    expect(intersect(a, b)).toEqual(both);
  });
  test("agree with sets of numbers", () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    for (let round = 0; round < 200; round++) {
      const pick = (): number[] => Array.from({ length: 20 }, () => Math.floor(random() * 40));
      const [a, b] = [pick(), pick()];
      const [x, y] = [fromNumbers(a), fromNumbers(b)];
      const sorted = (set: Set<number>): number[] => [...set].sort((m, n) => m - n);
      expect([...numbersIn(union(x, y))]).toEqual(sorted(new Set([...a, ...b])));
      expect([...numbersIn(subtract(x, y))]).toEqual(sorted(new Set(a.filter((n) => !b.includes(n)))));
      expect([...numbersIn(intersect(x, y))]).toEqual(sorted(new Set(a.filter((n) => b.includes(n)))));
      expect(sizeOfRanges(x)).toBe(new Set(a).size);
    }
  });
  test("membership and counting", () => {
    const ranges: Ranges = [[2, 4], [10, 12]];
    expect([1, 2, 3, 4, 11, 12].map((n) => has(ranges, n))).toEqual([false, true, true, false, true, false]);
    expect(countBelow(ranges, 11)).toBe(3);
    expect(range(5, 5)).toEqual([]);
  });
});

describe("selection", () => {
  const extent = { rows: 100, columns: 10 };
  test("extends from the anchor in any direction and keeps the active cell", () => {
    const selection = extendTo(selectCell({ row: 5, column: 5 }), { row: 2, column: 7 });
    expect(rectsOf(selection, extent)).toEqual([rect(2, 5, 6, 8)]);
    expect(selection.active).toEqual({ row: 5, column: 5 });
    expect(rectsOf(collapse(selection), extent)).toEqual([rect(5, 5, 6, 6)]);
  });
  test.each([
    ["rows", rect(3, 0, 5, 10)],
    ["columns", rect(0, 1, 100, 3)],
    ["all", rect(0, 0, 100, 10)],
    ["cells", rect(3, 1, 5, 3)],
  ] as const)("a block of %s", (kind, expected) => {
    expect(rectsOf(selectBlock(kind, { row: 3, column: 1 }, { row: 4, column: 2 }), extent)).toEqual([expected]);
  });
  test("whole columns grow with the table", () => {
    const selection = selectBlock("columns", { row: 0, column: 1 }, { row: 0, column: 1 });
    expect(countCells(rectsOf(selection, { rows: 200, columns: 10 }))).toBe(200);
  });
  test("overlapping blocks are counted once", () => {
    const one = extendTo(selectCell({ row: 0, column: 0 }), { row: 2, column: 2 });
    const two = extendTo(addBlock(one, "cells", { row: 1, column: 1 }), { row: 3, column: 3 });
    const rects = rectsOf(two, extent);
    expect(countCells(rects)).toBe(9 + 9 - 4);
    const parts = disjointRects(rects);
    expect(parts.reduce((sum, part) => sum + areaOf(part), 0)).toBe(14);
    expect(contains(rects, { row: 3, column: 3 })).toBe(true);
    expect(contains(rects, { row: 3, column: 0 })).toBe(false);
  });
  test("several blocks are copied together only if they make one table", () => {
    expect(copyShape([rect(0, 0, 2, 1), rect(0, 3, 2, 4)])).toEqual({ rows: [[0, 2]], columns: [[0, 1], [3, 4]] });
    expect(copyShape([rect(0, 0, 2, 1), rect(1, 3, 3, 4)])).toBeNull();
  });
  test("a selection is kept inside a table that shrinks, and left alone otherwise", () => {
    const selection = extendTo(selectCell({ row: 5, column: 5 }), { row: 50, column: 7 });
    expect(fitSelection(selection, extent)).toBe(selection);
    expect(rectsOf(fitSelection(selection, { rows: 10, columns: 6 }), { rows: 10, columns: 6 })).toEqual([rect(5, 5, 10, 6)]);
  });
  test("a single cell", () => {
    expect(isSingleCell(selectCell({ row: 1, column: 1 }), extent)).toBe(true);
    expect(isSingleCell(selectBlock("rows", { row: 1, column: 1 }, { row: 1, column: 1 }), extent)).toBe(false);
  });
});

describe("moves", () => {
  // A sheet of signs: x is filled, . is empty, ? is not loaded.
  const sheet = ["xx.xx.", "x.....", "xxx..x", "..x...", "x.x..?"];
  const context: MoveContext = {
    extent: { rows: 5, columns: 6 },
    page: { rows: 3, columns: 4 },
    filled({ row, column }) {
      const sign = sheet[row]?.[column];
      return sign === "?" ? undefined : sign === "x";
    },
  };
  test.each([
    [[0, 0], "right", [0, 1]], [[0, 1], "right", [0, 3]], [[0, 3], "right", [0, 4]], [[0, 4], "right", [0, 5]],
    [[0, 5], "left", [0, 4]], [[0, 4], "left", [0, 3]], [[0, 3], "left", [0, 1]],
    [[0, 0], "down", [2, 0]], [[2, 0], "down", [4, 0]], [[4, 2], "up", [2, 2]], [[1, 1], "right", [1, 5]],
    [[0, 5], "down", [2, 5]], [[2, 5], "down", [4, 5]], [[0, 0], "up", [0, 0]],
  ] as const)("Ctrl and an arrow from %j to the %s", ([row, column], to, [toRow, toColumn]) => {
    expect(move({ row, column }, { by: "edge", to }, context)).toEqual({ row: toRow, column: toColumn });
  });
  test.each([
    [{ by: "cell", to: "left" }, [2, 1]], [{ by: "cell", to: "down" }, [3, 2]], [{ by: "page", to: "down" }, [4, 2]],
    [{ by: "page", to: "right" }, [2, 5]], [{ by: "home" }, [2, 0]], [{ by: "end" }, [2, 5]], [{ by: "first" }, [0, 0]], [{ by: "last" }, [4, 5]],
  ] as const)("%j", (step, [row, column]) => expect(move({ row: 2, column: 2 }, step, context)).toEqual({ row, column }));

  test("Tab goes on to the next row and stops at the end of the table", () => {
    expect(nextInReadingOrder({ row: 0, column: 5 }, context.extent, false)).toEqual({ row: 1, column: 0 });
    expect(nextInReadingOrder({ row: 1, column: 0 }, context.extent, true)).toEqual({ row: 0, column: 5 });
    expect(nextInReadingOrder({ row: 4, column: 5 }, context.extent, false)).toBeNull();
    expect(nextInReadingOrder({ row: 0, column: 0 }, context.extent, true)).toBeNull();
  });
  test("Tab and Enter go round inside a selection", () => {
    const rects = [rect(0, 0, 2, 2), rect(3, 3, 4, 5)];
    const walk = (axis: "across" | "down"): string[] => {
      let cell = { row: 0, column: 0 };
      return Array.from({ length: 7 }, () => {
        cell = cycle(cell, rects, axis, false);
        return `${cell.row}${cell.column}`;
      });
    };
    expect(walk("across")).toEqual(["01", "10", "11", "33", "34", "00", "01"]);
    expect(walk("down")).toEqual(["10", "01", "11", "33", "34", "00", "10"]);
    expect(cycle({ row: 0, column: 0 }, rects, "across", true)).toEqual({ row: 3, column: 4 });
  });
});

describe("fill", () => {
  const pairs = (steps: readonly { from: { row: number; column: number }; to: { row: number; column: number } }[]): string[] =>
    steps.map(({ from, to }) => `${from.row}${from.column}>${to.row}${to.column}`);
  test("down takes the first row", () => expect(pairs(fillRect(rect(1, 0, 3, 2), "down"))).toEqual(["10>20", "11>21"]));
  test("down with one row takes the row above", () => expect(pairs(fillRect(rect(1, 0, 2, 1), "down"))).toEqual(["00>10"]));
  test("right takes the first column", () => expect(pairs(fillRect(rect(0, 1, 1, 3), "right"))).toEqual(["01>02"]));
  test("nothing is above the first row", () => expect(fillRect(rect(0, 0, 1, 1), "down")).toEqual([]));
  test("the pattern goes on in both directions", () => {
    expect(pairs(extendFill(rect(2, 0, 4, 1), rect(2, 0, 7, 1)))).toEqual(["20>40", "30>50", "20>60"]);
    expect(pairs(extendFill(rect(2, 0, 4, 1), rect(0, 0, 4, 1)))).toEqual(["20>00", "30>10"]);
  });
  test.each([
    [{ row: 9, column: 3 }, rect(2, 2, 10, 4)], [{ row: 0, column: 2 }, rect(0, 2, 4, 4)],
    [{ row: 3, column: 9 }, rect(2, 2, 4, 10)], [{ row: 3, column: 0 }, rect(2, 0, 4, 4)], [{ row: 3, column: 3 }, rect(2, 2, 4, 4)],
  ])("dragged to %j", (to, expected) => expect(fillTarget(rect(2, 2, 4, 4), to)).toEqual(expected));
});

describe("paste", () => {
  test.each([
    ["one value fills the selection", { rows: 1, columns: 1 }, rect(2, 2, 5, 4), rect(2, 2, 5, 4), 0],
    ["a block is repeated where it fits", { rows: 2, columns: 1 }, rect(0, 0, 4, 2), rect(0, 0, 4, 2), 0],
    ["a block that does not fit goes once", { rows: 2, columns: 2 }, rect(0, 0, 3, 2), rect(0, 0, 2, 2), 0],
    ["a block reaches below the end", { rows: 5, columns: 1 }, rect(8, 0, 9, 1), rect(8, 0, 13, 1), 0],
    ["columns past the last are cut", { rows: 1, columns: 4 }, rect(0, 8, 1, 9), rect(0, 8, 1, 10), 2],
  ])("%s", (_name, block, selection, target, clippedColumns) => {
    expect(planPaste(block, selection, 10)).toEqual({ target, clippedColumns });
  });
  test("tiles a ragged block and leaves its gaps alone", () => {
    const block = [["a", "b"], ["c"]];
    expect(widthOf(block)).toBe(2);
    expect([tileAt(block, 0, 2), tileAt(block, 3, 0), tileAt(block, 1, 1)]).toEqual(["a", "c", undefined]);
  });
});

test.each([
  [0, 3, ["b", "c", "a", "d"]], [3, 0, ["d", "a", "b", "c"]], [1, 1, ["a", "b", "c", "d"]], [1, 2, ["a", "b", "c", "d"]], [1, 4, ["a", "c", "d", "b"]],
])("moving item %d before %d", (from, before, expected) => expect(moveItem(["a", "b", "c", "d"], from, before)).toEqual(expected));
