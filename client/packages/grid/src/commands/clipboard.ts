/** Copy, cut and paste. The browser's clipboard events are the entrance; what is not loaded is fetched before it is copied. */

import { editValue, parseInput } from "../cells/registry.ts";
import type { Parsed } from "../cells/kind.ts";
import { MAX_COPY_CELLS, MAX_PASTE_CELLS } from "../limits.ts";
import type { Core } from "../core.ts";
import { readHtmlTable, writeHtmlTable, type Copied, type Pasted } from "../kernels/html-table.ts";
import { planPaste, tileAt, widthOf } from "../kernels/paste.ts";
import { numbersIn, sizeOfRanges, type Ranges } from "../kernels/ranges.ts";
import { areaOf, copyShape, selectBlock, type Rect } from "../kernels/selection.ts";
import { readTsv, writeTsv } from "../kernels/tsv.ts";
import type { Target } from "../state/table.ts";
import type { CellValue, Column } from "../types.ts";
import { clearSelection, targetOf } from "./edit.ts";
import type { CellWrite, Writer } from "./write.ts";

export interface Clip {
  readonly text: string;
  readonly html: string;
  readonly cells: number;
}

interface Shape {
  readonly rows: Ranges;
  readonly columns: readonly Column[];
}

/** What a copy would take, or null with a notice when it cannot be one table or is too large. */
function shapeOf(core: Core): Shape | null {
  const { messages } = core.options;
  const shape = copyShape(core.rects);
  if (!shape) {
    core.notice("error", messages.copyRanges);
    return null;
  }
  const columns = [...numbersIn(shape.columns)].map((position) => core.columns.at(position)!);
  const cells = sizeOfRanges(shape.rows) * columns.length;
  if (cells > MAX_COPY_CELLS) {
    core.notice("error", messages.copyTooLarge(cells, MAX_COPY_CELLS));
    return null;
  }
  return { rows: shape.rows, columns };
}

/** The selection for the clipboard, at once when it is loaded, else as a promise; null when there is nothing to copy. */
export function copySelection(core: Core): Clip | Promise<Clip> | null {
  const shape = shapeOf(core);
  if (!shape) return null;
  const loaded = shape.rows.map(([start, end]) => core.table.loadedTargets(start, end));
  if (loaded.every((part) => part !== null)) return clipOf(core, shape, loaded.flat());
  return Promise.all(shape.rows.map(([start, end]) => core.table.targets(start, end, core.signal)))
    .then((parts) => clipOf(core, shape, parts.flat()));
}

export async function cutSelection(core: Core, writer: Writer): Promise<void> {
  await clearSelection(core, writer, false);
}

/** The better one of the two forms on the clipboard as a block of cells. */
export function readClipboard(text: string, html: string): Pasted[][] {
  return readHtmlTable(html) ?? readTsv(text).map((row) => row.map((cell) => ({ exact: false as const, text: cell })));
}

/** Writes a block at the selection as one transaction: rows past the end are added, cells that are refused are told. */
export async function pasteBlock(core: Core, writer: Writer, block: readonly (readonly Pasted[])[]): Promise<void> {
  const { messages, insert } = core.options;
  const size = { rows: block.length, columns: widthOf(block) };
  if (size.rows === 0 || size.columns === 0) return;
  const { target } = planPaste(size, pasteArea(core, size), core.columns.count);
  if (areaOf(target) > MAX_PASTE_CELLS) return core.notice("error", messages.pasteTooLarge(areaOf(target), MAX_PASTE_CELLS));
  const existing = core.table.sourceRows + core.table.locals.count;
  const present = Math.min(target.bottom, existing);
  const targets = core.table.loadedTargets(target.top, present) ?? (await core.table.targets(target.top, present, core.signal));
  if (target.bottom > existing && !insert.allowed) core.notice("error", insert.reason ?? messages.notAllowed);
  else for (let row = Math.max(existing, target.top); row < target.bottom; row++) targets.push(targetOf(core.table.locals.add()));
  const result = collectWrites(core, block, target, targets);
  dropEmptyDrafts(core, targets, new Set(result.writes.map((write) => write.target)));
  if (targets.length > present - target.top) core.linesChanged();
  core.select(selectBlock("cells", { row: target.top, column: target.left }, {
    row: Math.min(target.bottom, core.table.lines) - 1, column: target.right - 1,
  }));
  if (result.refused > 0) core.notice("error", messages.pasteRefused(result.refused, result.reason));
  if (result.writes.length === 0) return;
  core.speak(messages.pasted(result.writes.length));
  await writer.writeCells(result.writes);
}

/** Blank lines at the end of what was pasted are no rows. */
function dropEmptyDrafts(core: Core, targets: readonly Target[], written: ReadonlySet<Target>): void {
  const marked = new Set([...core.edits.cells()].map(({ rowId }) => rowId));
  const empty = targets.flatMap((target) => {
    const { id, row, local } = target;
    return local && !row && local.values.size === 0 && !written.has(target) && !marked.has(id) ? [local] : [];
  });
  core.table.locals.remove(new Set(empty));
}

/** A whole selected column or row takes the block once at its start, unless one value fills it. */
function pasteArea(core: Core, size: { rows: number; columns: number }): Rect {
  const rect = core.lastRect;
  const last = core.selection.blocks[core.selection.blocks.length - 1]!;
  const bottom = Math.max(rect.top + 1, Math.min(rect.bottom, core.table.sourceRows + core.table.locals.count));
  if (last.kind === "cells" || size.rows * size.columns === 1) return { ...rect, bottom: last.kind === "cells" ? rect.bottom : bottom };
  return { top: rect.top, left: rect.left, bottom: rect.top + 1, right: rect.left + 1 };
}

function collectWrites(core: Core, block: readonly (readonly Pasted[])[], area: Rect, targets: readonly Target[]) {
  const writes: CellWrite[] = [];
  let refused = 0;
  let reason = "";
  for (const [offset, target] of targets.entries()) {
    for (let position = area.left; position < area.right; position++) {
      const column = core.columns.at(position);
      const pasted = tileAt(block, offset, position - area.left);
      if (!column || !pasted) continue;
      const isNew = target.local !== null && target.row === null;
      // An empty cell of a new row means the column's default, not NULL.
      if (isNew && isEmpty(pasted)) continue;
      const parsed = readPasted(core, pasted, column);
      const refusal = core.refusal(area.top + offset, column) ?? (parsed.ok ? null : parsed.message);
      if (refusal === null && parsed.ok) {
        writes.push({ target, column, value: parsed.value });
        continue;
      }
      refused++;
      reason ||= refusal ?? "";
      keepRefused(core, target, column, pasted, parsed);
    }
  }
  return { writes, refused, reason };
}

/** What could not be understood stays visible in its cell, marked; what may not be written at all does not. */
function keepRefused(core: Core, target: Target, column: Column, pasted: Pasted, parsed: Parsed): void {
  if (parsed.ok) return;
  const value = target.row?.values[column.slot] ?? null;
  core.edits.set(target.id, column.id, { state: "failed", value, input: pasted.text, message: parsed.message });
}

function readPasted(core: Core, pasted: Pasted, column: Column): Parsed {
  const context = core.context(column);
  if (pasted.exact && pasted.value === null) return parseInput("", context);
  if (pasted.exact && (pasted.kind === column.kind || column.kind === "text") && typeof pasted.value === "string") {
    return { ok: true, value: pasted.value };
  }
  if (pasted.exact && pasted.kind === column.kind) return { ok: true, value: pasted.value };
  return parseInput(pasted.text, context);
}

function isEmpty(pasted: Pasted): boolean {
  return pasted.exact ? pasted.value === null : pasted.text === "";
}

function clipOf(core: Core, shape: Shape, targets: readonly Target[]): Clip {
  const table: Copied[][] = targets.map((target) => shape.columns.map((column) => {
    const value = valueOf(core, target, column);
    return { text: editValue(value, core.context(column)), value, kind: column.kind };
  }));
  return {
    text: writeTsv(table.map((row) => row.map((cell) => cell.text))),
    html: writeHtmlTable(table),
    cells: targets.length * shape.columns.length,
  };
}

function valueOf(core: Core, target: Target, column: Column): CellValue {
  const mark = core.edits.get(target.id, column.id);
  if (mark) return mark.value;
  return target.row ? (target.row.values[column.slot] ?? null) : (target.local?.values.get(column.id) ?? null);
}
