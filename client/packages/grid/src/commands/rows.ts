/** Whole rows: inserting, duplicating, deleting. */

import { MAX_ROWS_AT_ONCE } from "../limits.ts";
import type { Core } from "../core.ts";
import { selectedRows } from "../kernels/selection.ts";
import { sizeOfRanges, type Ranges } from "../kernels/ranges.ts";
import { isReadOnly } from "../state/columns.ts";
import type { Target } from "../state/table.ts";
import type { CellSet, CellValue, Column } from "../types.ts";
import { targetOf, writeOrKeep } from "./edit.ts";
import type { CellWrite, Writer } from "./write.ts";

/** Goes to the line for a new row; with values, a row with them is begun. */
export function insertRow(core: Core, writer: Writer, values: CellSet | undefined): boolean {
  const { insert, messages } = core.options;
  if (!insert.allowed) {
    core.notice("error", insert.reason ?? messages.notAllowed);
    return false;
  }
  const row = core.table.lines - 1;
  const given = Object.entries(values ?? {});
  if (given.length > 0) {
    const target = targetOf(core.table.locals.add());
    writeOrKeep(core, writer, given.flatMap(([id, value]) => write(core, target, Number(id), value)));
    core.linesChanged();
  }
  core.goTo({ row, column: firstWritable(core) });
  return true;
}

/** Inserts copies of the selected rows, without their keys and generated values. */
export async function duplicateRows(core: Core, writer: Writer): Promise<void> {
  const targets = await selectedTargets(core, core.options.insert.allowed, core.options.insert.reason);
  if (!targets || targets.length === 0) return;
  const first = core.table.lines - 1;
  const writes = targets.flatMap((source) => {
    const copy = targetOf(core.table.locals.add());
    return copiedColumns(core).flatMap((column) => {
      const value = source.row ? source.row.values[column.slot] ?? null : source.local?.values.get(column.id) ?? null;
      const label = source.row?.labels?.[column.slot];
      return value === null ? [] : [{ target: copy, column, value, label }];
    });
  });
  writeOrKeep(core, writer, writes);
  core.linesChanged();
  core.goTo({ row: first, column: core.selection.active.column });
}

/** Deletes the selected rows in one transaction. Drafts are simply given up. */
export async function deleteRows(core: Core, writer: Writer): Promise<void> {
  const targets = await selectedTargets(core, core.options.delete.allowed, core.options.delete.reason);
  if (!targets || targets.length === 0) return;
  const drafts = targets.filter((target) => target.row === null);
  if (drafts.length > 0) {
    core.table.remove(drafts.map((target) => target.id));
    core.linesChanged();
  }
  const saved = targets.filter((target) => target.row !== null);
  if (saved.length === 0) return;
  await writer.deleteRows(saved);
  const gone = saved.filter((target) => core.table.indexOf(target.id) === undefined).length;
  if (gone > 0) core.notice("info", core.options.messages.rowsDeleted(gone));
}

async function selectedTargets(core: Core, allowed: boolean, reason: string | undefined): Promise<Target[] | null> {
  const { messages } = core.options;
  if (!allowed) {
    core.notice("error", reason ?? messages.notAllowed);
    return null;
  }
  const rows: Ranges = selectedRows(core.rects);
  const count = sizeOfRanges(rows);
  if (count > MAX_ROWS_AT_ONCE) {
    core.notice("error", messages.tooManyRows(count, MAX_ROWS_AT_ONCE));
    return null;
  }
  const parts = await Promise.all(rows.map(([start, end]) => core.table.targets(start, end, core.signal)));
  return parts.flat();
}

/** A key would clash, and a default such as a sequence gives the copy its own. */
function copiedColumns(core: Core): readonly Column[] {
  return [...core.columns.all].filter((column) => !isReadOnly(column, true) && !(column.primaryKey && column.hasDefault));
}

function write(core: Core, target: Target, id: number, value: CellValue): readonly CellWrite[] {
  const column = core.columns.byId(id);
  return column ? [{ target, column, value }] : [];
}

function firstWritable(core: Core): number {
  const position = core.columns.visible.findIndex((column) => !isReadOnly(column, true) && !column.hasDefault);
  return Math.max(0, position);
}
