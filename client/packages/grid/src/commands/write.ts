/**
 * Every write of the grid goes through here: marks appear at once, changes are sent one transaction after the other, and what
 * comes back is kept as the truth. Changes are built at the moment of sending, from the rows as they are then, so that the
 * second edit of a cell expects what the first one wrote.
 */

import type { Core } from "../core.ts";
import type { Mark } from "../state/edits.ts";
import type { Step } from "../state/history.ts";
import type { LocalRow } from "../state/local-rows.ts";
import { rowIdOf } from "../state/row-cache.ts";
import type { Target } from "../state/table.ts";
import type { ApplyOutcome, CellSet, CellValue, Change, ChangeFailure, Column, ColumnId, Row } from "../types.ts";

/** One cell that is to hold a value. */
export interface CellWrite {
  readonly target: Target;
  readonly column: Column;
  readonly value: CellValue;
  readonly label?: string | undefined;
}

interface MarkedWrite extends CellWrite {
  readonly mark: Mark;
}

/** A change with what is needed to show its fate and to take it back. */
interface Planned {
  readonly change: Change;
  readonly target: Target;
  readonly marks: readonly MarkedWrite[];
}

type Recorder = (inverse: Step) => void;

export class Writer {
  readonly #core: Core;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Writes cells as one transaction and one step of the history. Resolves when the database has answered. */
  writeCells(writes: readonly CellWrite[]): Promise<void> {
    const marked = writes.map((write) => this.#mark(write, "pending", ""));
    return this.#queue(() => planCells(this.#core, marked), (inverse) => this.#core.history.push(inverse));
  }

  /** Puts values into a draft that is not ready to be inserted. */
  keepDraft(writes: readonly CellWrite[], message: string): void {
    for (const write of writes) this.#mark(write, "draft", message);
  }

  deleteRows(targets: readonly Target[]): Promise<void> {
    for (const target of targets) this.#core.table.deleting.add(target.id);
    this.#core.draw();
    return this.#queue(() => planDeletes(this.#core, targets), (inverse) => this.#core.history.push(inverse));
  }

  /** Sends the changes of an undo or redo; `record` gets what would take them back. */
  replay(step: Step, record: Recorder): Promise<void> {
    return this.#queue(() => step.map((change) => planReplay(this.#core, change)), record, true);
  }

  /** Resolves when everything sent so far has been answered. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  #mark(write: CellWrite, state: Mark["state"], message: string): MarkedWrite {
    const mark: Mark = { state, value: write.value, label: write.label, message };
    const { local } = write.target;
    if (local && !local.saved) {
      local.values.set(write.column.id, write.value);
      if (write.label !== undefined) local.labels.set(write.column.id, write.label);
    }
    this.#core.edits.set(write.target.id, write.column.id, mark);
    return { ...write, mark };
  }

  #queue(plan: () => readonly Planned[], record: Recorder, replay = false): Promise<void> {
    const run = this.#tail.then(() => this.#send(plan(), record, replay));
    // One failed transaction must not stop the next; `#send` has already shown the failure.
    this.#tail = run.catch(() => undefined);
    return run;
  }

  async #send(planned: readonly Planned[], record: Recorder, replay: boolean): Promise<void> {
    if (planned.length === 0) return;
    const core = this.#core;
    let outcome: ApplyOutcome;
    try {
      outcome = await core.options.source.apply(planned.map((one) => one.change));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failAll(core, planned, core.options.messages.outcomeUnknown(reason));
      return;
    }
    if (outcome.applied) {
      record(takeBack(core, planned, outcome.rows));
      accept(core, planned, outcome.rows, replay);
    } else refuse(core, planned, outcome.failures, replay);
  }
}

function planCells(core: Core, writes: readonly MarkedWrite[]): readonly Planned[] {
  const byRow = new Map<string, MarkedWrite[]>();
  for (const write of writes) {
    const id = core.table.latest(write.target).id;
    byRow.set(id, [...(byRow.get(id) ?? []), write]);
  }
  return [...byRow.values()].flatMap((marks) => planRow(core, marks));
}

function planRow(core: Core, marks: readonly MarkedWrite[]): readonly Planned[] {
  const target = core.table.latest(marks[0]!.target);
  if (!target.row) return target.local ? [planInsert(target, target.local, marks)] : [];
  const set: Record<ColumnId, CellValue> = {};
  const expect: Record<ColumnId, CellValue> = {};
  for (const { column, value, mark } of marks) {
    const before = target.row.values[column.slot] ?? null;
    if (before === value) core.edits.drop(target.id, column.id, mark);
    else {
      set[column.id] = value;
      expect[column.id] = before;
    }
  }
  if (Object.keys(set).length === 0) return [];
  return [{ change: { op: "update", key: target.row.key, set, expect }, target, marks }];
}

function planInsert(target: Target, local: LocalRow, marks: readonly MarkedWrite[]): Planned {
  local.sent = true;
  return { change: { op: "insert", set: Object.fromEntries(local.values) }, target, marks };
}

function planDeletes(core: Core, targets: readonly Target[]): readonly Planned[] {
  return targets.flatMap((old) => {
    const target = core.table.latest(old);
    return target.row ? [{ change: { op: "delete" as const, key: target.row.key, expect: {} }, target, marks: [] }] : [];
  });
}

function planReplay(core: Core, change: Change): Planned {
  if (change.op === "insert") return { change, target: { id: "", row: null, local: null }, marks: [] };
  const target = core.table.latest({ id: rowIdOf(change.key), row: null, local: null });
  return { change, target, marks: [] };
}

/** What would take the changes back. Older steps learn the keys that rows have now. */
function takeBack(core: Core, planned: readonly Planned[], rows: readonly (Row | null)[]): Step {
  const inverse = planned.flatMap(({ change, target }, index) => {
    const row = rows[index] ?? null;
    if (row && change.op === "update" && rowIdOf(row.key) !== rowIdOf(change.key)) core.history.rename(change.key, row.key);
    return inverseOf(core, change, target.row, row);
  });
  return inverse.reverse();
}

/** The changes happened: rows are shown as they came back. */
function accept(core: Core, planned: readonly Planned[], rows: readonly (Row | null)[], replay: boolean): void {
  if (core.ended) return;
  const deleted: string[] = [];
  let restored = false;
  for (const [index, { change, target, marks }] of planned.entries()) {
    const row = rows[index] ?? null;
    if (change.op === "delete") deleted.push(target.id);
    if (change.op === "insert" && replay) restored = true;
    if (row && !(change.op === "insert" && replay)) core.table.store(target.id, row);
    settleMarks(core, row, target, marks);
  }
  core.cache.restartLoads();
  if (deleted.length > 0) core.table.remove(deleted);
  // Where a restored row belongs, only the source knows.
  if (restored) core.refresh(false);
  else if (planned.some(({ change }) => change.op !== "update")) core.linesChanged();
  core.draw();
}

function settleMarks(core: Core, row: Row | null, target: Target, marks: readonly MarkedWrite[]): void {
  const id = row ? rowIdOf(row.key) : target.id;
  for (const { column, mark } of marks) core.edits.drop(id, column.id, mark);
  if (!target.local) return;
  target.local.sent = false;
  for (const column of core.columns.all) {
    if (core.edits.get(id, column.id)?.state === "draft") core.edits.drop(id, column.id);
  }
}

function inverseOf(core: Core, change: Change, before: Row | null, after: Row | null): readonly Change[] {
  if (change.op === "insert") {
    return after ? [{ op: "delete", key: after.key, expect: pick(core, Object.keys(change.set), after) }] : [];
  }
  if (change.op === "delete") {
    return [{ op: "insert", set: before ? writableValues(core, before) : change.expect }];
  }
  const set = before ? pick(core, Object.keys(change.set), before) : change.expect;
  return after ? [{ op: "update", key: after.key, set, expect: pick(core, Object.keys(change.set), after) }] : [];
}

function pick(core: Core, ids: readonly string[], row: Row): CellSet {
  return Object.fromEntries(ids.map((id) => [id, row.values[core.columns.byId(Number(id))?.slot ?? -1] ?? null]));
}

function writableValues(core: Core, row: Row): CellSet {
  const columns = [...core.columns.all].filter((column) => !column.generated);
  return Object.fromEntries(columns.map((column) => [column.id, row.values[column.slot] ?? null]));
}

/** The transaction was refused: the cells at fault say why, the others that they went down with them. */
function refuse(core: Core, planned: readonly Planned[], failures: readonly ChangeFailure[], replay: boolean): void {
  const byIndex = new Map(failures.map((failure) => [failure.index, failure]));
  for (const [index, plan] of planned.entries()) {
    const failure = byIndex.get(index);
    if (plan.target.local) plan.target.local.sent = false;
    core.table.deleting.delete(plan.target.id);
    for (const write of plan.marks) showFailure(core, plan, write, failure);
    if (failure?.present && (replay || plan.marks.length === 0)) core.table.store(plan.target.id, failure.present);
  }
  const first = failures[0]?.message ?? "";
  const cells = planned.reduce((sum, plan) => sum + plan.marks.length, 0);
  core.notice("error", cells > 1 ? core.options.messages.editFailures(cells, first) : core.options.messages.editFailed(first));
  core.draw();
}

function showFailure(core: Core, plan: Planned, write: MarkedWrite, failure: ChangeFailure | undefined): void {
  const { column, mark } = write;
  // A newer edit of the same cell is on its way and has its own fate.
  if (core.edits.get(plan.target.id, column.id) !== mark) return;
  const { messages } = core.options;
  const guilty = failure !== undefined && (failure.column === undefined || failure.column === column.id);
  if (!guilty) {
    core.edits.set(plan.target.id, column.id, { ...mark, state: "failed", message: failure?.message ?? messages.rolledBack });
  } else if (failure.kind === "conflict") {
    const present = failure.present ?? null;
    const message = present === null ? messages.rowGone : failure.message;
    core.edits.set(plan.target.id, column.id, { ...mark, state: "conflict", message, present });
  } else {
    core.edits.set(plan.target.id, column.id, { ...mark, state: "failed", message: failure.message });
  }
}

function failAll(core: Core, planned: readonly Planned[], message: string): void {
  for (const { target, marks } of planned) {
    if (target.local) target.local.sent = false;
    core.table.deleting.delete(target.id);
    for (const { column, mark } of marks) {
      if (core.edits.get(target.id, column.id) === mark) core.edits.set(target.id, column.id, { ...mark, state: "failed", message });
    }
  }
  core.notice("error", message);
  core.draw();
}
