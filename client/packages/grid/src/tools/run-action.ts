/** What each action of the table does. An action without an entry here, or an entry without an action, does not compile. */

import type { ActionId } from "../actions.ts";
import { clearSelection, insertToday } from "../commands/edit.ts";
import { failureAt } from "../commands/failures.ts";
import { fillSelection } from "../commands/fill.ts";
import { redo, undo } from "../commands/history.ts";
import { deleteRows, duplicateRows, insertRow } from "../commands/rows.ts";
import { pageRows, visibleWindow } from "../kernels/geometry.ts";
import { move, type Direction, type Move } from "../kernels/moves.ts";
import { isSingleCell, selectBlock } from "../kernels/selection.ts";
import { beginEdit, step } from "./edit.ts";
import { showFailure } from "./idle.ts";
import { moveColumn } from "./reorder.ts";
import { changeWidth, fitColumn } from "./resize.ts";
import type { Runtime } from "./tool.ts";

/** Runs an action; false when it does not apply, so that the key keeps its meaning for the browser. */
export function runAction(run: Runtime, action: ActionId): boolean {
  return runners[action](run);
}

type Runner = (run: Runtime) => boolean;

const WIDTH_STEP = 16;

const runners: Readonly<Record<ActionId, Runner>> = {
  moveLeft: moves({ by: "cell", to: "left" }),
  moveRight: moves({ by: "cell", to: "right" }),
  moveUp: moves({ by: "cell", to: "up" }),
  moveDown: moves({ by: "cell", to: "down" }),
  edgeLeft: moves({ by: "edge", to: "left" }),
  edgeRight: moves({ by: "edge", to: "right" }),
  edgeUp: moves({ by: "edge", to: "up" }),
  edgeDown: moves({ by: "edge", to: "down" }),
  rowStart: moves({ by: "home" }),
  rowEnd: moves({ by: "end" }),
  gridStart: moves({ by: "first" }),
  gridEnd: moves({ by: "last" }),
  pageUp: moves({ by: "page", to: "up" }),
  pageDown: moves({ by: "page", to: "down" }),
  pageLeft: moves({ by: "page", to: "left" }),
  pageRight: moves({ by: "page", to: "right" }),
  next: (run) => step(run, run.core.selection.active, "across", false),
  previous: (run) => step(run, run.core.selection.active, "across", true),

  extendLeft: extends_({ by: "cell", to: "left" }),
  extendRight: extends_({ by: "cell", to: "right" }),
  extendUp: extends_({ by: "cell", to: "up" }),
  extendDown: extends_({ by: "cell", to: "down" }),
  extendEdgeLeft: extends_({ by: "edge", to: "left" }),
  extendEdgeRight: extends_({ by: "edge", to: "right" }),
  extendEdgeUp: extends_({ by: "edge", to: "up" }),
  extendEdgeDown: extends_({ by: "edge", to: "down" }),
  extendRowStart: extends_({ by: "home" }),
  extendRowEnd: extends_({ by: "end" }),
  extendGridStart: extends_({ by: "first" }),
  extendGridEnd: extends_({ by: "last" }),
  extendPageUp: extends_({ by: "page", to: "up" }),
  extendPageDown: extends_({ by: "page", to: "down" }),
  selectAll: (run) => selectWhole(run, "all"),
  selectColumn: (run) => selectWhole(run, "columns"),
  selectRow: (run) => selectWhole(run, "rows"),
  collapse({ core }) {
    if (isSingleCell(core.selection, core.extent)) return false;
    core.collapse();
    return true;
  },

  edit: (run) => beginEdit(run, run.core.selection.active, null),
  clear: ({ core, writer }) => started(clearSelection(core, writer, false)),
  setNull: ({ core, writer }) => started(clearSelection(core, writer, true)),
  fillDown: ({ core, writer }) => started(fillSelection(core, writer, "down")),
  fillRight: ({ core, writer }) => started(fillSelection(core, writer, "right")),
  insertToday: ({ core, writer }) => started(insertToday(core, writer)),
  undo: ({ core, writer }) => started(undo(core, writer)),
  redo: ({ core, writer }) => started(redo(core, writer)),

  // The browser's own copy, cut and paste events follow; only they may touch the clipboard without asking.
  copy: () => document.execCommand("copy"),
  cut: () => document.execCommand("cut"),
  paste: () => document.execCommand("paste"),

  openRecord({ core }) {
    const { row } = core.selection.active;
    const key = core.table.rowAt(row)?.key;
    if (key === undefined || !core.callbacks.onOpenRecord) return false;
    core.callbacks.onOpenRecord(key, row);
    return true;
  },
  insertRow: ({ core, writer }) => insertRow(core, writer, undefined),
  duplicateRows: ({ core, writer }) => started(duplicateRows(core, writer)),
  deleteRows: ({ core, writer }) => started(deleteRows(core, writer)),

  columnMenu({ core, renderer }) {
    const column = core.activeColumn;
    if (!column || !core.callbacks.onColumnMenu) return false;
    core.callbacks.onColumnMenu(column, renderer.headerRect(column));
    return true;
  },
  moveColumnLeft: (run) => moveActiveColumn(run, "left"),
  moveColumnRight: (run) => moveActiveColumn(run, "right"),
  narrowColumn: (run) => changeWidth(run, run.core.selection.active.column, -WIDTH_STEP),
  widenColumn: (run) => changeWidth(run, run.core.selection.active.column, WIDTH_STEP),
  fitColumn: (run) => fitColumn(run, run.core.selection.active.column),

  contextMenu({ core, renderer }) {
    if (!core.callbacks.onContextMenu) return false;
    const box = renderer.rectOf(core.selection.active);
    core.callbacks.onContextMenu(core.place(core.selection.active), { x: box.left, y: box.bottom });
    return true;
  },
  showFailure(run) {
    const { active } = run.core.selection;
    if (failureAt(run.core, active) === null) return false;
    showFailure(run, active);
    return true;
  },
  find: (run) => hostAction(run, "find"),
  replace: (run) => hostAction(run, "replace"),
  help: (run) => hostAction(run, "help"),
};

function moves(step: Move): Runner {
  return (run) => {
    const { core } = run;
    core.goTo(move(core.selection.active, inReadingDirection(run, step), contextOf(run)));
    return true;
  };
}

function extends_(step: Move): Runner {
  return (run) => {
    const { core } = run;
    const { head } = core.selection.blocks[core.selection.blocks.length - 1]!;
    core.extendTo(move(head, inReadingDirection(run, step), contextOf(run)));
    return true;
  };
}

/** Left and right are what the arrow shows; columns are counted in reading direction. */
function inReadingDirection(run: Runtime, step: Move): Move {
  return "to" in step ? { ...step, to: mirrored(run, step.to) } : step;
}

function mirrored({ core }: Runtime, to: Direction): Direction {
  if (core.options.dir !== "rtl") return to;
  return to === "left" ? "right" : to === "right" ? "left" : to;
}

function contextOf({ core }: Runtime): Parameters<typeof move>[2] {
  const { layout } = core;
  const window = visibleWindow(layout);
  return {
    extent: core.extent,
    page: { rows: pageRows(layout), columns: Math.max(1, window.endColumn - window.firstColumn - 1) },
    filled(cell) {
      const column = core.columns.at(cell.column);
      const value = column && core.table.value(cell.row, column);
      return value === undefined ? undefined : value !== null && value !== "";
    },
  };
}

function selectWhole({ core }: Runtime, kind: "all" | "rows" | "columns"): boolean {
  const rect = core.lastRect;
  const { active } = core.selection;
  const last = { row: rect.bottom - 1, column: rect.right - 1 };
  core.select(selectBlock(kind, { row: rect.top, column: rect.left }, last, active));
  return true;
}

function moveActiveColumn(run: Runtime, to: Direction): boolean {
  const from = run.core.selection.active.column;
  return moveColumn(run, from, mirrored(run, to) === "left" ? from - 1 : from + 2);
}

function hostAction({ core }: Runtime, action: "find" | "replace" | "help"): boolean {
  if (!core.callbacks.onHostAction) return false;
  core.callbacks.onHostAction(action);
  return true;
}

/** The work goes on after the key has been handled; commands tell their own failures. */
function started(work: Promise<void>): boolean {
  void work;
  return true;
}
