/** Changing cells: one by typing, many at once by clearing, and what a draft needs before it can be inserted. */

import { editValue, emptyValue, kindOf, parseTyped } from "../cells/registry.ts";
import type { Parsed } from "../cells/kind.ts";
import { MAX_PASTE_CELLS } from "../limits.ts";
import type { Core } from "../core.ts";
import { countCells, disjointRects, type Cell } from "../kernels/selection.ts";
import { writeIsoDay } from "../kernels/date-text.ts";
import type { LocalRow } from "../state/local-rows.ts";
import { idOf, type Target } from "../state/table.ts";
import type { CellValue, Column } from "../types.ts";
import type { CellWrite, Writer } from "./write.ts";

/** The row of a cell as something to write to; the line for a new row becomes a draft by this. Null while not loaded. */
export function targetAt(core: Core, row: number): Target | null {
  const line = core.table.line(row);
  if (line.kind === "new") return targetOf(core.table.locals.add());
  if (line.kind === "local") return targetOf(line.local);
  return line.row ? { id: line.id!, row: line.row, local: null } : null;
}

export function targetOf(local: LocalRow): Target {
  return { id: idOf(local), row: local.saved, local };
}

/** Takes what was typed into a cell. Text that cannot be understood is answered with the reason and changes nothing. */
export function commitText(core: Core, writer: Writer, cell: Cell, text: string): Parsed {
  const column = core.columns.at(cell.column);
  if (!column) return { ok: true, value: null };
  const parsed = parseTyped(text, core.context(column));
  if (parsed.ok) setValue(core, writer, cell, parsed.value);
  return parsed;
}

/** Keeps text that cannot be understood in its cell, marked, when its editor had to close; nothing typed is lost. */
export function keepUnreadable(core: Core, cell: Cell, text: string, message: string): void {
  const column = core.columns.at(cell.column);
  const target = column && targetAt(core, cell.row);
  if (!column || !target) return;
  const value = target.row?.values[column.slot] ?? null;
  core.edits.set(target.id, column.id, { state: "failed", value, input: text, message });
  core.linesChanged();
}

/** Writes one value. Nothing is sent when the cell holds it already and no earlier edit is in the way. */
export function setValue(core: Core, writer: Writer, cell: Cell, value: CellValue, label?: string): void {
  const column = core.columns.at(cell.column);
  if (!column) return;
  const refusal = core.refusal(cell.row, column);
  if (refusal !== null) return core.notice("error", refusal);
  const line = core.table.line(cell.row);
  const mark = line.kind !== "new" && line.id !== null ? core.edits.get(line.id, column.id) : undefined;
  if (line.kind !== "new" && !mark && core.table.value(cell.row, column) === value && line.row) return;
  const target = targetAt(core, cell.row);
  if (!target) return;
  writeOrKeep(core, writer, [{ target, column, value, label }]);
  if (line.kind === "new") core.linesChanged();
}

/**
 * Inserts the drafts that lack nothing and only waited to be left, because their rows cannot be changed once they are saved.
 * `but` is the row where the user still is.
 */
export function insertWaiting(core: Core, writer: Writer, but: number | null): void {
  if (core.options.update.allowed) return;
  for (const local of core.table.locals.all) {
    const target = targetOf(local);
    const waits = [...local.values.keys()].some((id) => core.edits.get(target.id, id)?.state === "draft");
    if (local.saved || !waits || core.table.indexOf(target.id) === but || missingColumns(core, local, []).length > 0) continue;
    const writes = [...local.values].flatMap(([id, value]) => {
      const column = core.columns.byId(id);
      return column ? [{ target, column, value, label: local.labels.get(id) }] : [];
    });
    void writer.writeCells(writes);
  }
}

function isActive(core: Core, local: LocalRow): boolean {
  return core.table.indexOf(idOf(local)) === core.selection.active.row;
}

/**
 * Sends the writes; drafts that still lack a required value, or whose row cannot be changed later, are kept until then. All writes belong to one
 * transaction, except those of such drafts.
 */
export function writeOrKeep(core: Core, writer: Writer, writes: readonly CellWrite[]): void {
  const waiting = new Map<LocalRow, string>();
  for (const { target } of writes) {
    if (!target.local || target.local.saved || waiting.has(target.local)) continue;
    const planned = writes.filter((write) => write.target.local === target.local);
    const missing = missingColumns(core, target.local, planned);
    if (missing.length > 0) waiting.set(target.local, core.options.messages.draftNeeds(missing.join(", ")));
    else if (!core.options.update.allowed && isActive(core, target.local)) waiting.set(target.local, core.options.messages.draftWaits);
  }
  const ready = writes.filter(({ target }) => !target.local || !waiting.has(target.local));
  for (const [local, message] of waiting) {
    writer.keepDraft(writes.filter(({ target }) => target.local === local), message);
  }
  if (ready.length > 0) void writer.writeCells(ready);
}

/** Names of the columns without which PostgreSQL would refuse the row. */
function missingColumns(core: Core, local: LocalRow, writes: readonly CellWrite[]): readonly string[] {
  const given = (column: Column): boolean => {
    const write = writes.find((one) => one.column.id === column.id);
    return write ? write.value !== null : (local.values.get(column.id) ?? null) !== null;
  };
  return [...core.columns.all]
    .filter((column) => !column.nullable && !column.hasDefault && !column.generated && !given(column))
    .map((column) => column.name);
}

/** The text that an editor opens with. */
export function editorText(core: Core, cell: Cell): string {
  const column = core.columns.at(cell.column);
  if (!column) return "";
  const line = core.table.line(cell.row);
  const mark = line.kind === "new" || line.id === null ? undefined : core.edits.get(line.id, column.id);
  if (mark?.input !== undefined) return mark.input;
  return editValue(core.table.value(cell.row, column) ?? null, core.context(column));
}

/** Empties every selected cell: NULL where the column allows it. */
export async function clearSelection(core: Core, writer: Writer, toNull: boolean): Promise<void> {
  await writeSelection(core, writer, (column) => {
    const empty = emptyValue(core.context(column));
    return toNull && !column.nullable ? { ok: false, message: core.options.messages.invalid.required(column.name) } : empty;
  });
}

/** Today's date, or the present moment, in the selected cells. */
export async function insertToday(core: Core, writer: Writer): Promise<void> {
  await writeSelection(core, writer, (column) => nowAs(core, column));
}

/** Ticks or unticks: what the active cell becomes, all selected cells of its column become. */
export function toggle(core: Core, writer: Writer, cell: Cell): void {
  const column = core.columns.at(cell.column);
  if (!column || kindOf(column).editor !== "toggle") return;
  const value = core.table.value(cell.row, column);
  setValue(core, writer, cell, value !== true && value !== "true");
}

async function writeSelection(core: Core, writer: Writer, valueFor: (column: Column) => Parsed | null): Promise<void> {
  const { messages } = core.options;
  const rects = core.rects;
  const cells = countCells(rects);
  if (cells > MAX_PASTE_CELLS) return core.notice("error", messages.pasteTooLarge(cells, MAX_PASTE_CELLS));
  const writes: CellWrite[] = [];
  let refusal: string | null = null;
  for (const rect of disjointRects(rects)) {
    const targets = core.table.loadedTargets(rect.top, rect.bottom) ?? (await core.table.targets(rect.top, rect.bottom, core.signal));
    for (let position = rect.left; position < rect.right; position++) {
      const column = core.columns.at(position)!;
      const parsed = valueFor(column);
      const reason = core.refusal(rect.top, column) ?? (parsed && !parsed.ok ? parsed.message : null);
      refusal ??= parsed ? reason : null;
      if (!parsed?.ok || reason !== null) continue;
      writes.push(...targets.map((target) => ({ target, column, value: parsed.value })));
    }
  }
  if (refusal !== null) core.notice("error", refusal);
  // A cell that holds the value already may still carry a failed edit, which this ends.
  if (writes.length > 0) writeOrKeep(core, writer, writes);
}

function nowAs(core: Core, column: Column): Parsed | null {
  const now = core.context(column).now();
  const day = writeIsoDay({ year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate(), bc: false });
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
  switch (column.kind) {
    case "date": return { ok: true, value: day };
    case "time": return { ok: true, value: time };
    case "timestamp": return { ok: true, value: `${day}T${time}` };
    case "timestamptz": return { ok: true, value: now.toISOString() };
    default: return null;
  }
}
