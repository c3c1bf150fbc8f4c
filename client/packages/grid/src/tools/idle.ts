import { failureAt } from "../commands/failures.ts";
import { hitTest, rowY } from "../kernels/geometry.ts";
import { addBlock, contains, extendTo, selectBlock, type Block, type Cell } from "../kernels/selection.ts";
import { cornerOf } from "../render/overlay.ts";
import type { Point } from "../render/renderer.ts";
import { kindOf } from "../cells/registry.ts";
import { beginEdit } from "./edit.ts";
import { fillTool } from "./fill.ts";
import { reorderTool } from "./reorder.ts";
import { fitColumn, resizeTool } from "./resize.ts";
import { selectTool } from "./select.ts";
import type { Runtime, Tool } from "./tool.ts";

/** Nothing is under way. */
export const idleTool: Tool = { name: "idle" };

export interface Press {
  readonly point: Point;
  readonly shift: boolean;
  /** Ctrl, or ⌘ on Apple's systems. */
  readonly mod: boolean;
  readonly primary: boolean;
  /** The pressed element's `data-grid-action`, if it has one. */
  readonly action: string | null;
}

/** Decides what a press of the pointer begins. */
export function press(run: Runtime, { point, shift, mod, primary, action }: Press): void {
  const { core } = run;
  const hit = hitTest(core.layout, point.x, point.y);
  if (action !== null && primary && runCellAction(run, action, hit)) return;
  if (primary && onFillHandle(run, point)) return run.use(fillTool(run));
  switch (hit.area) {
    case "corner":
      return core.select(selectBlock("all", { row: 0, column: 0 }, { row: 0, column: 0 }, core.selection.active));
    case "header":
      return pressHeader(run, hit.column, hit.edge, { shift, mod, primary }, point);
    case "gutter":
      return pressBlock(run, "rows", { row: hit.row, column: 0 }, { shift, mod, primary });
    case "cell":
      return pressBlock(run, "cells", hit, { shift, mod, primary });
    case "outside":
      return;
  }
}

/** A double press edits a cell and fits a column at its edge. */
export function doublePress(run: Runtime, point: Point): void {
  const hit = hitTest(run.core.layout, point.x, point.y);
  if (hit.area === "header" && hit.edge !== null) fitColumn(run, hit.edge);
  if (hit.area === "cell") beginEdit(run, { row: hit.row, column: hit.column }, null);
}

/** The cursor and the words that tell what a press would do. */
export function hoverHint(run: Runtime, point: Point): { readonly cursor: string; readonly title: string } {
  const { core } = run;
  if (onFillHandle(run, point)) return { cursor: "crosshair", title: core.options.messages.fillHandle };
  const hit = hitTest(core.layout, point.x, point.y);
  const column = hit.area === "header" && hit.edge !== null ? core.columns.at(hit.edge) : undefined;
  return column ? { cursor: "col-resize", title: core.options.messages.resizeColumn(column.name) } : { cursor: "", title: "" };
}

interface Keys {
  readonly shift: boolean;
  readonly mod: boolean;
  readonly primary: boolean;
}

function pressHeader(run: Runtime, column: number, edge: number | null, keys: Keys, point: Point): void {
  const { core } = run;
  if (column < 0) return;
  if (edge !== null && keys.primary) return run.use(resizeTool(run, edge, point));
  const whole = core.selection.blocks.some((block) => block.kind === "columns")
    && core.rects.some((rect) => column >= rect.left && column < rect.right);
  // A column that is selected already is taken by its header to another place.
  if (whole && keys.primary && !keys.shift && !keys.mod) return run.use(reorderTool(run, column, point));
  pressBlock(run, "columns", { row: Math.max(0, firstVisibleRow(run)), column }, keys);
}

function pressBlock(run: Runtime, kind: Block["kind"], cell: Cell, keys: Keys): void {
  const { core } = run;
  // The secondary button keeps a selection that it lands in, for the menu is about it.
  if (!keys.primary) {
    if (!contains(core.rects, cell)) core.select(selectBlock(kind, cell, cell));
    return;
  }
  const at = { row: cell.row, column: cell.column };
  if (keys.shift) core.select(extendTo(withKind(core.selection, kind), at));
  else if (keys.mod) core.select(addBlock(core.selection, kind, at));
  else {
    const showsFailure = kind === "cells" && failureAt(core, at) !== null && isActive(run, at);
    core.select(selectBlock(kind, at, at));
    if (showsFailure) return showFailure(run, at);
  }
  run.use(selectTool(run, kind));
}

/** Shift and a click on a row number after a cell extends by whole rows. */
function withKind(selection: Runtime["core"]["selection"], kind: Block["kind"]): Runtime["core"]["selection"] {
  const last = selection.blocks[selection.blocks.length - 1]!;
  return { ...selection, blocks: [...selection.blocks.slice(0, -1), { ...last, kind }] };
}

export function showFailure(run: Runtime, cell: Cell): void {
  const failure = failureAt(run.core, cell);
  if (failure) run.core.callbacks.onFailure?.(failure, run.renderer.rectOf(cell));
}

function runCellAction(run: Runtime, action: string, hit: ReturnType<typeof hitTest>): boolean {
  const { core } = run;
  if (action === "column-menu" && hit.area === "header") {
    const column = core.columns.at(hit.column);
    if (column) core.callbacks.onColumnMenu?.(column, run.renderer.headerRect(column));
    return column !== undefined;
  }
  if (action === "open-record" && hit.area === "gutter") {
    const key = core.table.rowAt(hit.row)?.key;
    if (key !== undefined) core.callbacks.onOpenRecord?.(key, hit.row);
    return key !== undefined;
  }
  if (action === "open-link" && hit.area === "cell") {
    const place = core.place(hit);
    if (place) core.callbacks.onOpenLink?.(place);
    return place !== null;
  }
  return false;
}

/** A press on the box of an active checkbox ticks it; elsewhere in the cell it only selects. */
export function pressesCheckbox(run: Runtime, target: Element | null, cell: Cell): boolean {
  const column = run.core.columns.at(cell.column);
  return column !== undefined && kindOf(column).editor === "toggle" && target?.closest(".grid-check") !== null;
}

function onFillHandle(run: Runtime, point: Point): boolean {
  const { core } = run;
  const { layout, rects } = core;
  if (rects.length !== 1) return false;
  const corner = cornerOf(layout, rects[0]!);
  if (!corner) return false;
  const x = point.x - layout.gutterWidth;
  const y = point.y - layout.headerHeight;
  const reach = 3;
  return x >= corner.x - reach && x <= corner.x + corner.width + reach && y >= corner.y - reach && y <= corner.y + corner.height + reach;
}

function isActive(run: Runtime, cell: Cell): boolean {
  const { active } = run.core.selection;
  return active.row === cell.row && active.column === cell.column;
}

function firstVisibleRow({ core }: Runtime): number {
  const { layout } = core;
  return Math.ceil((layout.headerHeight - rowY(layout, 0)) / layout.rowHeight);
}
