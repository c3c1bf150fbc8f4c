/** What the status bar says about the selection. */

import { kindOf } from "../cells/registry.ts";
import { MAX_FIGURE_CELLS } from "../limits.ts";
import type { Core } from "../core.ts";
import { figuresOf } from "../kernels/decimal.ts";
import { numbersIn } from "../kernels/ranges.ts";
import { countCells, disjointRects, selectedColumns, selectedRows } from "../kernels/selection.ts";
import type { SelectionSummary } from "../types.ts";

export function summarise(core: Core): SelectionSummary {
  const rects = core.rects;
  const numbers: string[] = [];
  let filled = 0;
  let seen = 0;
  let partial = false;
  for (const rect of disjointRects(rects)) {
    for (let row = rect.top; row < rect.bottom && !(partial && seen >= MAX_FIGURE_CELLS); row++) {
      if (seen >= MAX_FIGURE_CELLS) partial = true;
      const line = core.table.line(row);
      if (line.kind === "new") continue;
      if (line.kind === "source" && !line.row) {
        partial = true;
        // Beyond what is in memory there is nothing to add up; walking on would only take time.
        if (line.state === "absent") break;
        continue;
      }
      for (let position = rect.left; position < rect.right; position++) {
        const column = core.columns.at(position)!;
        const value = core.table.value(row, column) ?? null;
        seen++;
        if (value !== null) filled++;
        if (typeof value === "string" && kindOf(column).sums) numbers.push(value);
      }
    }
  }
  const figures = figuresOf(numbers);
  return {
    active: core.place(core.selection.active),
    rows: selectedRows(rects),
    columns: [...numbersIn(selectedColumns(rects))].map((position) => core.columns.at(position)!.id),
    cellCount: countCells(rects),
    filled,
    numbers: figures.count,
    sum: figures.sum,
    average: figures.average,
    min: figures.min,
    max: figures.max,
    partial,
  };
}
