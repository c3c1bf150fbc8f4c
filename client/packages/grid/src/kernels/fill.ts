/** Pure functions: which cell gives its value to which when a selection is filled. No state, no DOM. */

import type { Cell, Rect } from "./selection.ts";

export interface FillStep {
  readonly from: Cell;
  readonly to: Cell;
}

/**
 * Ctrl+D: every row of the rectangle takes the value of the first. With one row, it takes the row above, and Ctrl+R does the
 * same sideways.
 */
export function fillRect(rect: Rect, direction: "down" | "right"): readonly FillStep[] {
  const source = sourceOf(rect, direction);
  return source ? extendFill(source, rect) : [];
}

function sourceOf(rect: Rect, direction: "down" | "right"): Rect | null {
  if (direction === "down") {
    if (rect.bottom - rect.top > 1) return { ...rect, bottom: rect.top + 1 };
    return rect.top > 0 ? { ...rect, top: rect.top - 1, bottom: rect.top } : null;
  }
  if (rect.right - rect.left > 1) return { ...rect, right: rect.left + 1 };
  return rect.left > 0 ? { ...rect, left: rect.left - 1, right: rect.left } : null;
}

/** Repeats the source block over every other cell of the target, counted from the source's corner so that the pattern goes on. */
export function extendFill(source: Rect, target: Rect): readonly FillStep[] {
  const height = source.bottom - source.top;
  const width = source.right - source.left;
  const steps: FillStep[] = [];
  for (let row = target.top; row < target.bottom; row++) {
    for (let column = target.left; column < target.right; column++) {
      const insideRows = row >= source.top && row < source.bottom;
      const insideColumns = column >= source.left && column < source.right;
      if (insideRows && insideColumns) continue;
      const from = {
        row: source.top + modulo(row - source.top, height),
        column: source.left + modulo(column - source.left, width),
      };
      steps.push({ from, to: { row, column } });
    }
  }
  return steps;
}

/** How a target lies to its source: the axis that is filled along. */
export function fillAxis(source: Rect, target: Rect): "rows" | "columns" {
  return target.top !== source.top || target.bottom !== source.bottom ? "rows" : "columns";
}

/** The rectangle that a drag of the fill handle covers: it grows in one direction only, the one dragged farthest. */
export function fillTarget(source: Rect, to: Cell): Rect {
  const down = to.row - (source.bottom - 1);
  const up = source.top - to.row;
  const right = to.column - (source.right - 1);
  const left = source.left - to.column;
  const farthest = Math.max(down, up, right, left);
  if (farthest <= 0) return source;
  if (farthest === down) return { ...source, bottom: to.row + 1 };
  if (farthest === up) return { ...source, top: to.row };
  if (farthest === right) return { ...source, right: to.column + 1 };
  return { ...source, left: to.column };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
