/** Filling: Ctrl+D, Ctrl+R and the fill handle. */

import { MAX_FILL_CELLS } from "../limits.ts";
import type { Core } from "../core.ts";
import { extendFill, fillRect, type FillStep } from "../kernels/fill.ts";
import { areaOf, selectBlock, type Rect } from "../kernels/selection.ts";
import type { Target } from "../state/table.ts";
import type { CellWrite, Writer } from "./write.ts";
import { writeOrKeep } from "./edit.ts";
import { convert } from "./convert.ts";

export async function fillSelection(core: Core, writer: Writer, direction: "down" | "right"): Promise<void> {
  const rect = withoutNewLine(core, core.lastRect);
  if (tooLarge(core, rect)) return;
  await writeSteps(core, writer, fillRect(rect, direction));
}

/** Continues the source block over the target, as dragging the fill handle does, and selects it. */
export async function fillByHandle(core: Core, writer: Writer, source: Rect, target: Rect): Promise<void> {
  const rect = withoutNewLine(core, target);
  if (tooLarge(core, rect)) return;
  const corner = { row: rect.top, column: rect.left };
  core.select(selectBlock("cells", corner, { row: rect.bottom - 1, column: rect.right - 1 }));
  await writeSteps(core, writer, extendFill(source, rect));
}

async function writeSteps(core: Core, writer: Writer, steps: readonly FillStep[]): Promise<void> {
  if (steps.length === 0) return;
  const rows = steps.flatMap((step) => [step.from.row, step.to.row]);
  const top = rows.reduce((least, row) => Math.min(least, row), Infinity);
  const bottom = rows.reduce((most, row) => Math.max(most, row), -1) + 1;
  const targets = core.table.loadedTargets(top, bottom) ?? (await core.table.targets(top, bottom, core.signal));
  const writes: CellWrite[] = [];
  let refusal: string | null = null;
  for (const { from, to } of steps) {
    const source = targets[from.row - top];
    const target = targets[to.row - top];
    const fromColumn = core.columns.at(from.column);
    const column = core.columns.at(to.column);
    if (!source || !target || !fromColumn || !column) continue;
    const reason = core.refusal(to.row, column);
    refusal ??= reason;
    if (reason !== null) continue;
    const parsed = convert(core, fromColumn, column, valueOf(source, fromColumn.slot, fromColumn.id));
    if (parsed.ok) writes.push({ target, column, value: parsed.value, label: source.row?.labels?.[fromColumn.slot] });
    else refusal ??= parsed.message;
  }
  if (refusal !== null) core.notice("error", refusal);
  if (writes.length > 0) writeOrKeep(core, writer, writes);

  function valueOf(source: Target, slot: number, id: number): string | boolean | null {
    const mark = core.edits.get(source.id, id);
    return mark ? mark.value : source.row ? (source.row.values[slot] ?? null) : (source.local?.values.get(id) ?? null);
  }
}

function withoutNewLine(core: Core, rect: Rect): Rect {
  const last = core.table.sourceRows + core.table.locals.count;
  return { ...rect, bottom: Math.min(rect.bottom, last) };
}

function tooLarge(core: Core, rect: Rect): boolean {
  const cells = areaOf(rect);
  if (cells <= MAX_FILL_CELLS) return false;
  core.notice("error", core.options.messages.pasteTooLarge(cells, MAX_FILL_CELLS));
  return true;
}
