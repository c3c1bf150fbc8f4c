/** Pure functions: where a pasted block goes. No state, no DOM. */

import type { Rect } from "./selection.ts";

export interface PastePlan {
  /** The cells that change; it may reach below the last row, where rows are added. Columns beyond the last are cut. */
  readonly target: Rect;
  readonly clippedColumns: number;
}

/**
 * A block is repeated when the selection holds it a whole number of times in both directions, and a single value fills the
 * selection; else it goes once to the selection's first cell, as in other spreadsheets.
 */
export function planPaste(block: { rows: number; columns: number }, selection: Rect, columnCount: number): PastePlan {
  const height = selection.bottom - selection.top;
  const width = selection.right - selection.left;
  const tiles = height % block.rows === 0 && width % block.columns === 0;
  const rows = tiles ? height : block.rows;
  const columns = tiles ? width : block.columns;
  const right = Math.min(columnCount, selection.left + columns);
  return {
    target: { top: selection.top, left: selection.left, bottom: selection.top + rows, right },
    clippedColumns: selection.left + columns - right,
  };
}

/** The item of a repeated block that falls on a cell of the target. */
export function tileAt<T>(block: readonly (readonly T[])[], row: number, column: number): T | undefined {
  const line = block[row % block.length];
  return line?.[column % widthOf(block)];
}

/** Columns of the widest row; rows from other programs may be ragged. */
export function widthOf(block: readonly (readonly unknown[])[]): number {
  return block.reduce((widest, row) => Math.max(widest, row.length), 0);
}
