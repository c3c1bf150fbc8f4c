import { editValue, showValue } from "../cells/registry.ts";
import { fitWidth } from "../kernels/column-width.ts";
import { visibleWindow } from "../kernels/geometry.ts";
import { FIT_ROWS } from "../limits.ts";
import type { Point } from "../render/renderer.ts";
import { idleTool } from "./idle.ts";
import type { Runtime, Tool } from "./tool.ts";

/** A column's edge is dragged. Escape gives the old width back. */
export function resizeTool(run: Runtime, position: number, start: Point): Tool {
  const { core, renderer } = run;
  const column = core.columns.at(position)!;
  const before = core.columns.widthOf(column.id);
  let width = before;
  let released = false;
  renderer.preview({ cursor: "col-resize" });
  const set = (wanted: number): void => {
    width = core.columns.resize(column.id, wanted);
    core.draw();
  };
  return {
    name: "resize",
    move: (point) => set(before + point.x - start.x),
    release() {
      released = true;
      if (width !== before) core.callbacks.onColumnResize?.(column.id, width);
      run.use(idleTool);
    },
    cancel() {
      renderer.preview({});
      if (!released) set(before);
    },
  };
}

export function changeWidth(run: Runtime, position: number, by: number): boolean {
  const { core } = run;
  const column = core.columns.at(position);
  if (!column) return false;
  const width = core.columns.resize(column.id, core.columns.widthOf(column.id) + by);
  core.callbacks.onColumnResize?.(column.id, width);
  core.draw();
  return true;
}

/** Makes a column as wide as its name and the loaded values near the view need. */
export function fitColumn(run: Runtime, position: number): boolean {
  const { core, renderer } = run;
  const column = core.columns.at(position);
  if (!column) return false;
  const { firstRow } = visibleWindow(core.layout);
  const texts: string[] = [];
  for (let row = firstRow; row < Math.min(core.table.lines, firstRow + FIT_ROWS); row++) {
    const value = core.table.value(row, column) ?? null;
    const line = core.table.line(row);
    const label = core.table.label(line, column, undefined);
    texts.push(column.kind === "boolean" ? editValue(value, core.context(column)) : showValue(value, core.context(column, label)));
  }
  const width = core.columns.resize(column.id, fitWidth(column.name, texts, (text) => renderer.measure(text)));
  core.callbacks.onColumnResize?.(column.id, width);
  core.draw();
  return true;
}
