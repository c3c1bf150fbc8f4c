/** What becomes of edits that the database did not take. */

import { parseTyped } from "../cells/registry.ts";
import type { Core } from "../core.ts";
import type { Cell } from "../kernels/selection.ts";
import type { Mark } from "../state/edits.ts";
import type { Target } from "../state/table.ts";
import type { Column, FailedEdit } from "../types.ts";
import type { CellWrite, Writer } from "./write.ts";

export function failures(core: Core): readonly FailedEdit[] {
  return [...core.edits.cells()].flatMap(({ rowId, column, mark }) => {
    const found = core.columns.byId(column);
    const failure = found && failureOf(core, rowId, found, mark);
    return failure ? [failure] : [];
  });
}

/** Why edits are not saved, each reason once, in the order of the edits. */
export function reasons(core: Core): readonly string[] {
  const words = [...core.edits.cells()].flatMap(({ column, mark }) => {
    if (mark.state === "pending") return [];
    // What a draft waits for concerns the whole row.
    return mark.state === "draft" ? [mark.message] : [`${core.columns.byId(column)?.name ?? ""}: ${mark.message}`];
  });
  return [...new Set(words)];
}

/** The failure that a cell shows, if it shows one. */
export function failureAt(core: Core, cell: Cell): FailedEdit | null {
  const line = core.table.line(cell.row);
  const column = core.columns.at(cell.column);
  if (!column || line.kind === "new" || line.id === null) return null;
  const mark = core.edits.get(line.id, column.id);
  return mark ? failureOf(core, line.id, column, mark) : null;
}

/** Sends every failed edit once more. Text that was never understood stays as it is. */
export async function retryFailed(core: Core, writer: Writer): Promise<void> {
  const writes: CellWrite[] = [];
  for (const { rowId, column, mark } of [...core.edits.cells()]) {
    const found = core.columns.byId(column);
    const target = found && targetById(core, rowId);
    if (!found || !target || mark.state !== "failed") continue;
    const parsed = mark.input === undefined ? { ok: true as const, value: mark.value } : parseTyped(mark.input, core.context(found));
    if (parsed.ok) writes.push({ target, column: found, value: parsed.value, label: mark.label });
  }
  if (writes.length > 0) await writer.writeCells(writes);
}

export function discardFailed(core: Core): void {
  const drafts = new Set<string>();
  for (const { rowId, column, mark } of [...core.edits.cells()]) {
    if (mark.state !== "failed" && mark.state !== "conflict") continue;
    if (targetById(core, rowId)?.row === null) drafts.add(rowId);
    giveUp(core, rowId, column, mark);
  }
  if (drafts.size > 0) core.table.remove([...drafts]);
  core.linesChanged();
}

/** `theirs` shows what the database holds; `mine` writes again, now expecting exactly that. */
export async function resolve(core: Core, writer: Writer, failure: FailedEdit, choice: "theirs" | "mine"): Promise<void> {
  const rowId = core.table.resolve(failure.rowId);
  const mark = core.edits.get(rowId, failure.column.id);
  if (!mark) return;
  giveUp(core, rowId, failure.column.id, mark);
  const target = targetById(core, rowId);
  if (choice === "theirs" || !target || mark.present === null) return;
  await writer.writeCells([{ target, column: failure.column, value: mark.value, label: mark.label }]);
}

function giveUp(core: Core, rowId: string, column: number, mark: Mark): void {
  core.edits.drop(rowId, column);
  if (mark.present) core.table.store(rowId, mark.present);
  if (mark.present === null) {
    core.table.remove([rowId]);
    core.linesChanged();
  }
}

function targetById(core: Core, rowId: string): Target | null {
  const index = core.table.indexOf(rowId);
  if (index === undefined) return null;
  return core.table.loadedTargets(index, index + 1)?.[0] ?? null;
}

function failureOf(core: Core, rowId: string, column: Column, mark: Mark): FailedEdit | null {
  if (mark.state !== "failed" && mark.state !== "conflict") return null;
  const key = targetById(core, rowId)?.row?.key ?? null;
  const base = { rowId, key, column, mine: mark.input ?? mark.value, state: mark.state, message: mark.message };
  return mark.present ? { ...base, theirs: mark.present.values[column.slot] ?? null } : base;
}
