import { dropIndexAt } from "../kernels/axis.ts";
import { frozenWidth } from "../kernels/geometry.ts";
import { selectBlock } from "../kernels/selection.ts";
import type { Point } from "../render/renderer.ts";
import { idleTool } from "./idle.ts";
import type { Runtime, Tool } from "./tool.ts";

/** A press only becomes a drag after this many pixels, so that a shaky click does not move a column. */
const SLOP = 5;

/** A selected column is dragged by its header. */
export function reorderTool(run: Runtime, from: number, start: Point): Tool {
  const { core, renderer } = run;
  let before: number | null = null;
  return {
    name: "reorder",
    scrolls: { x: true, y: false },
    move(point) {
      if (before === null && Math.abs(point.x - start.x) < SLOP) return;
      const { layout } = core;
      const inTable = point.x - layout.gutterWidth;
      const x = inTable < frozenWidth(layout) ? inTable : inTable + layout.scrollX;
      before = dropIndexAt(layout.columns, x);
      renderer.preview({ dropBefore: before, cursor: "grabbing" });
    },
    release() {
      if (before === null) selectColumn(run, from);
      else moveColumn(run, from, before);
      run.use(idleTool);
    },
    cancel: () => renderer.preview({}),
  };
}

/** Moves a column and keeps it selected. */
export function moveColumn(run: Runtime, from: number, before: number): boolean {
  const { core } = run;
  const column = core.columns.at(from);
  if (!column || before < 0 || before > core.columns.count || !core.columns.move(from, before)) return false;
  core.callbacks.onColumnReorder?.(core.columns.visible.map(({ id }) => id));
  selectColumn(run, core.columns.positionOf(column.id));
  core.reveal({ row: core.selection.active.row, column: core.selection.active.column });
  return true;
}

function selectColumn({ core }: Runtime, position: number): void {
  const cell = { row: core.selection.active.row, column: position };
  core.select(selectBlock("columns", cell, cell));
}
