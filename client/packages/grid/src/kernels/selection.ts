/** Pure functions: what is selected and how it changes. No state, no DOM. */

import { NONE, range, sizeOfRanges, union, type Ranges } from "./ranges.ts";

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Half-open rectangle of cells. */
export interface Rect {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** One selected block. Whole rows and columns stay whole when the table grows, therefore they are not stored as rectangles. */
export interface Block {
  readonly kind: "cells" | "rows" | "columns" | "all";
  /** The corner where the block was begun, and the opposite one, which Shift moves. */
  readonly anchor: Cell;
  readonly head: Cell;
}

export interface Selection {
  /** The cell that typing goes to. */
  readonly active: Cell;
  /** At least one; the last is the one that Shift extends. */
  readonly blocks: readonly Block[];
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

export function selectCell(cell: Cell): Selection {
  return { active: cell, blocks: [{ kind: "cells", anchor: cell, head: cell }] };
}

export function selectBlock(kind: Block["kind"], anchor: Cell, head: Cell, active: Cell = anchor): Selection {
  return { active, blocks: [{ kind, anchor, head }] };
}

/** Adds a block, as Ctrl and a click do. */
export function addBlock(selection: Selection, kind: Block["kind"], cell: Cell): Selection {
  return { active: cell, blocks: [...selection.blocks, { kind, anchor: cell, head: cell }] };
}

/** Moves the free corner of the last block, as Shift does. The active cell stays. */
export function extendTo(selection: Selection, head: Cell): Selection {
  const last = selection.blocks[selection.blocks.length - 1]!;
  return { active: selection.active, blocks: [...selection.blocks.slice(0, -1), { ...last, head }] };
}

/** The same cells after their rows have moved. */
export function moveRows(selection: Selection, by: number): Selection {
  const moved = (cell: Cell): Cell => ({ ...cell, row: Math.max(0, cell.row + by) });
  const blocks = selection.blocks.map((block) => ({ ...block, anchor: moved(block.anchor), head: moved(block.head) }));
  return { active: moved(selection.active), blocks };
}

/** Only the active cell. */
export function collapse(selection: Selection): Selection {
  return selectCell(selection.active);
}

export function isSingleCell(selection: Selection, extent: Extent): boolean {
  const rects = rectsOf(selection, extent);
  return rects.length === 1 && areaOf(rects[0]!) <= 1;
}

export function rectOf(block: Block, extent: Extent): Rect {
  const wholeRows = block.kind === "rows" || block.kind === "all";
  const wholeColumns = block.kind === "columns" || block.kind === "all";
  const top = wholeColumns ? 0 : Math.min(block.anchor.row, block.head.row);
  const bottom = wholeColumns ? extent.rows : Math.max(block.anchor.row, block.head.row) + 1;
  const left = wholeRows ? 0 : Math.min(block.anchor.column, block.head.column);
  const right = wholeRows ? extent.columns : Math.max(block.anchor.column, block.head.column) + 1;
  return { top, left, bottom: Math.min(bottom, extent.rows), right: Math.min(right, extent.columns) };
}

/** The selected rectangles that are not empty; they may overlap. */
export function rectsOf(selection: Selection, extent: Extent): readonly Rect[] {
  return selection.blocks.map((block) => rectOf(block, extent)).filter((rect) => areaOf(rect) > 0);
}

/** Rectangles that cover the same cells and do not overlap, so that nothing is counted twice. */
export function disjointRects(rects: readonly Rect[]): readonly Rect[] {
  const edges = [...new Set(rects.flatMap((rect) => [rect.top, rect.bottom]))].sort((a, b) => a - b);
  const out: Rect[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const top = edges[i]!;
    const bottom = edges[i + 1]!;
    const across = rects.filter((rect) => rect.top <= top && rect.bottom >= bottom);
    const columns = across.reduce<Ranges>((all, rect) => union(all, range(rect.left, rect.right)), NONE);
    for (const [left, right] of columns) out.push({ top, bottom, left, right });
  }
  return out;
}

export function selectedRows(rects: readonly Rect[]): Ranges {
  return rects.reduce<Ranges>((all, rect) => union(all, range(rect.top, rect.bottom)), NONE);
}

export function selectedColumns(rects: readonly Rect[]): Ranges {
  return rects.reduce<Ranges>((all, rect) => union(all, range(rect.left, rect.right)), NONE);
}

export function countCells(rects: readonly Rect[]): number {
  return disjointRects(rects).reduce((sum, rect) => sum + areaOf(rect), 0);
}

export function contains(rects: readonly Rect[], cell: Cell): boolean {
  return rects.some((r) => cell.row >= r.top && cell.row < r.bottom && cell.column >= r.left && cell.column < r.right);
}

export function areaOf(rect: Rect): number {
  return Math.max(0, rect.bottom - rect.top) * Math.max(0, rect.right - rect.left);
}

/**
 * The rectangle that a copy takes. Several blocks can be copied together when they share their rows or their columns, because
 * only then do they make one table; otherwise `null`.
 */
export function copyShape(rects: readonly Rect[]): { rows: Ranges; columns: Ranges } | null {
  const rows = selectedRows(rects);
  const columns = selectedColumns(rects);
  const whole = sizeOfRanges(rows) * sizeOfRanges(columns);
  return countCells(rects) === whole ? { rows, columns } : null;
}

/** Keeps a selection inside a table that has shrunk. */
export function fitSelection(selection: Selection, extent: Extent): Selection {
  const fit = (cell: Cell): Cell => ({
    row: Math.max(0, Math.min(cell.row, extent.rows - 1)),
    column: Math.max(0, Math.min(cell.column, extent.columns - 1)),
  });
  const same = (a: Cell, b: Cell): boolean => a.row === b.row && a.column === b.column;
  const points = [selection.active, ...selection.blocks.flatMap((block) => [block.anchor, block.head])];
  if (points.every((cell) => same(cell, fit(cell)))) return selection;
  const blocks = selection.blocks.map((block) => ({ ...block, anchor: fit(block.anchor), head: fit(block.head) }));
  return { active: fit(selection.active), blocks };
}
