/** Pure functions: where a key takes the active cell. No state, no DOM. */

import type { Cell, Extent, Rect } from "./selection.ts";

export type Direction = "left" | "right" | "up" | "down";

export type Move =
  | { readonly by: "cell" | "edge" | "page"; readonly to: Direction }
  | { readonly by: "home" | "end" }
  | { readonly by: "first" | "last" };

const STEP: Record<Direction, readonly [rows: number, columns: number]> = {
  left: [0, -1], right: [0, 1], up: [-1, 0], down: [1, 0],
};

/**
 * Tells whether a cell holds something: `undefined` when it is not loaded, which ends a search for the edge of the data,
 * because a guess would jump to the wrong place.
 */
export type Filled = (cell: Cell) => boolean | undefined;

export interface MoveContext {
  readonly extent: Extent;
  readonly filled: Filled;
  readonly page: { readonly rows: number; readonly columns: number };
}

export function move(from: Cell, step: Move, context: MoveContext): Cell {
  const { extent } = context;
  switch (step.by) {
    case "cell": return clampCell(stepFrom(from, step.to, 1), extent);
    case "page": return clampCell(stepFrom(from, step.to, pageStep(step.to, context)), extent);
    case "edge": return edge(from, step.to, context);
    case "home": return { row: from.row, column: 0 };
    case "end": return { row: from.row, column: Math.max(0, extent.columns - 1) };
    case "first": return { row: 0, column: 0 };
    case "last": return { row: Math.max(0, extent.rows - 1), column: Math.max(0, extent.columns - 1) };
  }
}

/** Tab and Enter inside a selected range go through it cell by cell and begin again at its end. */
export function cycle(from: Cell, rects: readonly Rect[], axis: "across" | "down", back: boolean): Cell {
  const current = Math.max(0, rects.findIndex((rect) => inside(rect, from)));
  const rect = rects[current]!;
  const width = rect.right - rect.left;
  const height = rect.bottom - rect.top;
  const column = from.column - rect.left;
  const row = from.row - rect.top;
  const position = (axis === "across" ? row * width + column : column * height + row) + (back ? -1 : 1);
  if (position >= 0 && position < width * height) return cellAt(rect, axis, position);
  const next = rects[(current + (back ? -1 : 1) + rects.length) % rects.length]!;
  const size = (next.right - next.left) * (next.bottom - next.top);
  return cellAt(next, axis, back ? size - 1 : 0);
}

/** Tab without a range: the next cell in reading order, from the last column on to the next row. */
export function nextInReadingOrder(from: Cell, extent: Extent, back: boolean): Cell | null {
  const column = from.column + (back ? -1 : 1);
  if (column >= 0 && column < extent.columns) return { row: from.row, column };
  const row = from.row + (back ? -1 : 1);
  if (row < 0 || row >= extent.rows) return null;
  return { row, column: back ? extent.columns - 1 : 0 };
}

/** The edge of the data, as Ctrl and an arrow mean it: the end of a filled run, or the start of the next one. */
function edge(from: Cell, to: Direction, context: MoveContext): Cell {
  const { extent, filled } = context;
  const limit = farEnd(from, to, extent);
  const first = clampCell(stepFrom(from, to, 1), extent);
  if (sameCell(first, from)) return from;
  const inRun = filled(from) === true && filled(first) === true;
  let here = inRun ? from : first;
  while (!sameCell(here, limit)) {
    const next = stepFrom(here, to, 1);
    const nextFilled = filled(next);
    if (nextFilled === undefined) return limit;
    if (inRun && !nextFilled) return here;
    if (!inRun && filled(here) === true) return here;
    here = next;
  }
  return limit;
}

function farEnd(from: Cell, to: Direction, extent: Extent): Cell {
  switch (to) {
    case "left": return { row: from.row, column: 0 };
    case "right": return { row: from.row, column: Math.max(0, extent.columns - 1) };
    case "up": return { row: 0, column: from.column };
    case "down": return { row: Math.max(0, extent.rows - 1), column: from.column };
  }
}

function stepFrom(from: Cell, to: Direction, size: number): Cell {
  const [rows, columns] = STEP[to];
  return { row: from.row + rows * size, column: from.column + columns * size };
}

function pageStep(to: Direction, context: MoveContext): number {
  return to === "up" || to === "down" ? context.page.rows : context.page.columns;
}

function clampCell(cell: Cell, extent: Extent): Cell {
  return {
    row: Math.max(0, Math.min(cell.row, extent.rows - 1)),
    column: Math.max(0, Math.min(cell.column, extent.columns - 1)),
  };
}

function cellAt(rect: Rect, axis: "across" | "down", position: number): Cell {
  const width = rect.right - rect.left;
  const height = rect.bottom - rect.top;
  return axis === "across"
    ? { row: rect.top + Math.floor(position / width), column: rect.left + (position % width) }
    : { row: rect.top + (position % height), column: rect.left + Math.floor(position / height) };
}

function inside(rect: Rect, cell: Cell): boolean {
  return cell.row >= rect.top && cell.row < rect.bottom && cell.column >= rect.left && cell.column < rect.right;
}

function sameCell(a: Cell, b: Cell): boolean {
  return a.row === b.row && a.column === b.column;
}
