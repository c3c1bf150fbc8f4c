import { describe, expect, test } from "vitest";
import { dropIndexAt, indexAt, lengthOf, makeAxis, sizeOf, startOf } from "../../src/kernels/axis.ts";
import { autoScrollSpeed, frozenThatFit, hitTest, nearestCell, scrollToShow, visibleWindow, type Layout } from "../../src/kernels/geometry.ts";
import { END_ZONE, MAX_HEIGHT, isScaled, makeScrollSpace, scrollStep, toPhysical, toVirtual } from "../../src/kernels/scroll.ts";

const layout = (over: Partial<Layout> = {}): Layout => ({
  columns: makeAxis([100, 50, 200, 80, 120]),
  rowCount: 1000, rowHeight: 32, headerHeight: 34, gutterWidth: 60, frozen: 1,
  scrollX: 0, scrollY: 0, viewWidth: 400, viewHeight: 354,
  ...over,
});

describe("axis", () => {
  const axis = makeAxis([100, 50, 200]);
  test.each([[-5, 0], [0, 0], [99, 0], [100, 1], [149.9, 1], [150, 2], [9999, 2]])("the item at %d is %d", (at, index) => {
    expect(indexAt(axis, at)).toBe(index);
  });
  test("an empty axis has no item", () => expect(indexAt(makeAxis([]), 10)).toBe(-1));
  test("starts, sizes and length", () => {
    expect([startOf(axis, 2), sizeOf(axis, 1), lengthOf(axis)]).toEqual([150, 50, 350]);
  });
  test.each([[10, 0], [60, 1], [110, 1], [140, 2], [340, 3]])("dropped at %d it goes before %d", (at, before) => {
    expect(dropIndexAt(axis, at)).toBe(before);
  });
});

describe("visible window", () => {
  test("counts partly visible rows and columns, and leaves frozen columns out", () => {
    expect(visibleWindow(layout())).toEqual({ firstRow: 0, endRow: 10, firstColumn: 1, endColumn: 3 });
  });
  test("follows scrolling on both axes", () => {
    const seen = visibleWindow(layout({ scrollX: 210, scrollY: 100 }));
    expect(seen).toEqual({ firstRow: 3, endRow: 14, firstColumn: 2, endColumn: 5 });
  });
  test("overscan never leaves the table", () => {
    expect(visibleWindow(layout({ scrollY: 1000 * 32 - 320 }), 5)).toMatchObject({ firstRow: 985, endRow: 1000 });
  });
  test("a table without columns shows none", () => {
    expect(visibleWindow(layout({ columns: makeAxis([]), frozen: 0 }))).toMatchObject({ firstColumn: 0, endColumn: 0 });
  });
  test("a view narrower than the frozen columns shows no other", () => {
    expect(visibleWindow(layout({ viewWidth: 120 }))).toMatchObject({ firstColumn: 1, endColumn: 1 });
  });
});

describe("hit test", () => {
  test.each([
    [10, 10, { area: "corner" }],
    [10, 50, { area: "gutter", row: 0 }],
    [70, 50, { area: "cell", row: 0, column: 0 }],
    [170, 100, { area: "cell", row: 2, column: 1 }],
    [110, 10, { area: "header", column: 0, edge: null }],
    [158, 10, { area: "header", column: 0, edge: 0 }],
    [162, 10, { area: "header", column: 1, edge: 0 }],
  ])("at %d, %d", (x, y, hit) => expect(hitTest(layout(), x, y)).toEqual(hit));

  test("frozen columns stay under the pointer when scrolled", () => {
    expect(hitTest(layout({ scrollX: 150 }), 70, 50)).toMatchObject({ column: 0 });
    expect(hitTest(layout({ scrollX: 150 }), 170, 50)).toMatchObject({ column: 2 });
  });
  test("below the last row and right of the last column is outside", () => {
    expect(hitTest(layout({ rowCount: 2 }), 70, 300).area).toBe("outside");
    expect(hitTest(layout({ viewWidth: 900 }), 700, 50).area).toBe("outside");
  });
  test("dragging outside finds the nearest cell", () => {
    expect(nearestCell(layout(), 5000, -500)).toEqual({ row: 0, column: 4 });
  });
});

describe("scrolling to a cell", () => {
  test("a visible cell moves nothing", () => expect(scrollToShow(layout({ scrollY: 64 }), 4, 1)).toEqual({ x: 0, y: 64 }));
  test("a cell below comes to the bottom edge", () => expect(scrollToShow(layout(), 20, 0).y).toBe(21 * 32 - 320));
  test("a cell above comes to the top", () => expect(scrollToShow(layout({ scrollY: 900 }), 2, 0).y).toBe(64));
  test("a column behind the frozen ones comes out", () => expect(scrollToShow(layout({ scrollX: 200 }), 0, 1).x).toBe(0));
  test("a frozen column never scrolls sideways", () => expect(scrollToShow(layout({ scrollX: 200 }), 0, 0).x).toBe(200));
  test("a cell wider than the view shows its start", () => {
    expect(scrollToShow(layout({ columns: makeAxis([50, 1000]), frozen: 0, scrollX: 400 }), 0, 1).x).toBe(50);
  });
});

describe("scrolling through 100 million rows", () => {
  const view = 800;
  const space = makeScrollSpace(100_000_000 * 32 + 34, view);

  test("fits into what browsers lay out", () => {
    expect(space.physical).toBe(MAX_HEIGHT);
    expect(isScaled(space)).toBe(true);
  });
  test("the ends are reached exactly", () => {
    expect(toVirtual(space, 0)).toBe(0);
    expect(toVirtual(space, space.physical)).toBe(space.virtual);
  });
  test("positions survive the way there and back to a thousandth of a pixel", () => {
    for (let i = 0; i <= 1000; i++) {
      const virtual = (space.virtual / 1000) * i;
      expect(Math.abs(toVirtual(space, toPhysical(space, virtual)) - virtual)).toBeLessThan(0.001);
    }
  });
  test("the mapping never goes back", () => {
    let last = -1;
    for (let p = 0; p <= space.physical; p += 9973) {
      const virtual = toVirtual(space, p);
      expect(virtual).toBeGreaterThan(last);
      last = virtual;
    }
  });
  test("a wheel step moves by real pixels in the compressed middle", () => {
    const middle = space.virtual / 2;
    const p = toPhysical(space, middle);
    expect(scrollStep(space, middle, p, p + 120, view).virtual).toBe(middle + 120);
  });
  test("dragging the thumb jumps through the scale", () => {
    const step = scrollStep(space, 0, 0, space.physical / 2, view);
    expect(step.virtual).toBeCloseTo(toVirtual(space, space.physical / 2));
  });
  test("wheeling up from anywhere reaches the first row and never sticks", () => {
    let virtual = 3_000_000;
    let physical = toPhysical(space, virtual);
    for (let i = 0; i < 40_000 && virtual > 0; i++) {
      const before = physical;
      physical = Math.max(0, before - 100);
      expect(physical).not.toBe(before);
      const step = scrollStep(space, virtual, before, physical, view);
      virtual = step.virtual;
      physical = step.physical ?? physical;
    }
    expect(virtual).toBe(0);
  });
  test("wheeling down reaches the last row", () => {
    let virtual = space.virtual - 2_000_000;
    let physical = toPhysical(space, virtual);
    for (let i = 0; i < 40_000 && virtual < space.virtual; i++) {
      const before = physical;
      physical = Math.min(space.physical, before + 100);
      expect(physical).not.toBe(before);
      const step = scrollStep(space, virtual, before, physical, view);
      virtual = step.virtual;
      physical = step.physical ?? physical;
    }
    expect(virtual).toBe(space.virtual);
  });
  test("a small table is not scaled at all", () => {
    const small = makeScrollSpace(1000 * 32, view);
    expect(isScaled(small)).toBe(false);
    expect(scrollStep(small, 0, 0, 31_000, view)).toEqual({ virtual: 31_000, physical: null });
  });
  test("the ends are longer than the drift that is put up with", () => expect(END_ZONE).toBeGreaterThan(40_000));
});

test("dragging farther beyond an edge scrolls faster, up to a limit", () => {
  expect(autoScrollSpeed(50, 0, 100)).toBe(0);
  expect(autoScrollSpeed(-30, 0, 100)).toBe(-10);
  expect(autoScrollSpeed(10_000, 0, 100)).toBe(60);
});

describe("frozen columns", () => {
  test("leave room for the others", () => {
    const axis = makeAxis([100, 100, 100, 100]);
    expect(frozenThatFit(axis, 2, 500)).toBe(2);
    expect(frozenThatFit(axis, 3, 250)).toBe(2);
    expect(frozenThatFit(axis, 9, 5000)).toBe(4);
    expect(frozenThatFit(axis, 1, 60)).toBe(0);
  });
});
