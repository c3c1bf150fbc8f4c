/** Filling: Ctrl+D, Ctrl+R and the fill handle. */

import { MAX_FILL_CELLS } from "../limits.ts";
import type { Parsed } from "../cells/kind.ts";
import { editValue, parseInput } from "../cells/registry.ts";
import type { Core } from "../core.ts";
import { extendFill, fillAxis, fillRect, type FillStep } from "../kernels/fill.ts";
import { fromLocal, toLocal } from "../kernels/instant-text.ts";
import { areaOf, selectBlock, type Cell, type Rect } from "../kernels/selection.ts";
import { countingSeries, findSeries, type Series, type SeriesKind } from "../kernels/series.ts";
import type { Target } from "../state/table.ts";
import type { CellValue, Column, KindId } from "../types.ts";
import type { CellWrite, Writer } from "./write.ts";
import { writeOrKeep } from "./edit.ts";
import { convert } from "./convert.ts";

export async function fillSelection(core: Core, writer: Writer, direction: "down" | "right"): Promise<void> {
  const rect = withoutNewLine(core, core.lastRect);
  if (tooLarge(core, rect)) return;
  const steps = fillRect(rect, direction);
  const cells = await readCells(core, steps);
  if (cells) writeSteps(core, writer, steps, cells, (step) => cells.copy(step));
}

/**
 * Continues the source block over the target, as dragging the fill handle does, and selects it. What is a series goes on as
 * one, and the rest is repeated; `otherwise` turns that round, so that a series is repeated and a single number counts.
 */
export async function fillByHandle(core: Core, writer: Writer, source: Rect, target: Rect, otherwise: boolean): Promise<void> {
  const rect = withoutNewLine(core, target);
  if (tooLarge(core, rect)) return;
  const corner = { row: rect.top, column: rect.left };
  core.select(selectBlock("cells", corner, { row: rect.bottom - 1, column: rect.right - 1 }));
  const steps = extendFill(source, rect);
  const cells = await readCells(core, steps);
  if (!cells) return;
  const lines = new SeriesLines(core, cells, source, fillAxis(source, rect), otherwise);
  writeSteps(core, writer, steps, cells, (step) => lines.valueAt(step.to) ?? cells.copy(step));
}

/** The rows that a fill reads and writes. */
class FillCells {
  constructor(
    readonly core: Core,
    readonly top: number,
    readonly targets: readonly Target[],
  ) {}

  target(row: number): Target | undefined {
    return this.targets[row - this.top];
  }

  value({ row, column: position }: Cell): CellValue {
    const column = this.core.columns.at(position);
    const target = this.target(row);
    if (!column || !target) return null;
    const mark = this.core.edits.get(target.id, column.id);
    if (mark) return mark.value;
    return target.row ? (target.row.values[column.slot] ?? null) : (target.local?.values.get(column.id) ?? null);
  }

  copy({ from, to }: FillStep): Parsed {
    return convert(this.core, this.core.columns.at(from.column)!, this.core.columns.at(to.column)!, this.value(from));
  }
}

async function readCells(core: Core, steps: readonly FillStep[]): Promise<FillCells | null> {
  if (steps.length === 0) return null;
  const rows = steps.flatMap((step) => [step.from.row, step.to.row]);
  const top = rows.reduce((least, row) => Math.min(least, row), Infinity);
  const bottom = rows.reduce((most, row) => Math.max(most, row), -1) + 1;
  return new FillCells(core, top, core.table.loadedTargets(top, bottom) ?? (await core.table.targets(top, bottom, core.signal)));
}

function writeSteps(core: Core, writer: Writer, steps: readonly FillStep[], cells: FillCells, valueOf: (step: FillStep) => Parsed): void {
  const writes: CellWrite[] = [];
  let refusal: string | null = null;
  for (const step of steps) {
    const { from, to } = step;
    const source = cells.target(from.row);
    const target = cells.target(to.row);
    const fromColumn = core.columns.at(from.column);
    const column = core.columns.at(to.column);
    if (!source || !target || !fromColumn || !column) continue;
    const reason = core.refusal(to.row, column);
    refusal ??= reason;
    if (reason !== null) continue;
    const parsed = valueOf(step);
    if (parsed.ok) writes.push({ target, column, value: parsed.value, label: source.row?.labels?.[fromColumn.slot] });
    else refusal ??= parsed.message;
  }
  if (refusal !== null) core.notice("error", refusal);
  if (writes.length > 0) writeOrKeep(core, writer, writes);
}

const seriesKinds: Partial<Record<KindId, SeriesKind>> = {
  number: "number", money: "number", date: "date", timestamp: "timestamp", timestamptz: "timestamp", time: "time", text: "text",
};

/** The series along every row or column of the source block, found when they are first asked for. */
class SeriesLines {
  readonly #found = new Map<number, Series | null>();

  constructor(
    readonly core: Core,
    readonly cells: FillCells,
    readonly source: Rect,
    readonly axis: "rows" | "columns",
    readonly otherwise: boolean,
  ) {}

  /** The value that a series has at a cell; null where there is none. */
  valueAt(to: Cell): Parsed | null {
    const line = this.axis === "rows" ? to.column : to.row;
    if (!this.#found.has(line)) this.#found.set(line, this.#find(line));
    const index = this.axis === "rows" ? to.row - this.source.top : to.column - this.source.left;
    const text = this.#found.get(line)?.(index) ?? null;
    const column = this.core.columns.at(to.column);
    if (text === null || !column) return null;
    const context = this.core.context(column);
    const origin = this.#columnOf(line);
    // A series may run beyond what the type can hold, or into a column of another one.
    return parseInput(editValue(text, origin ? { ...context, column: origin } : context), context);
  }

  #columnOf(line: number): Column | undefined {
    return this.core.columns.at(this.axis === "rows" ? line : this.source.left);
  }

  #find(line: number): Series | null {
    const column = this.#columnOf(line);
    const kind = column && seriesKinds[column.kind];
    const values = this.#values(line);
    if (!kind || !values) return null;
    const { locale, timeZone } = this.core.options;
    const series = column.kind === "timestamptz" ? localSeries(values, locale, timeZone) : findSeries(values, kind, locale);
    if (!this.otherwise) return series;
    return kind === "number" && values.length === 1 ? countingSeries(values[0]!) : null;
  }

  /** The values along the line; null when they are not all of one kind of column, or one of them is empty. */
  #values(line: number): readonly string[] | null {
    const { top, bottom, left, right } = this.source;
    const cells = this.axis === "rows"
      ? range(top, bottom).map((row) => ({ row, column: line }))
      : range(left, right).map((column) => ({ row: line, column }));
    const kinds = new Set(cells.map((cell) => this.core.columns.at(cell.column)?.kind));
    const values = cells.map((cell) => this.cells.value(cell));
    return kinds.size === 1 && values.every((value) => typeof value === "string") ? values : null;
  }
}

/** Instants go on by the clock of the reader's zone: nine o'clock stays nine o'clock when summer time begins. */
function localSeries(values: readonly string[], locale: string, timeZone: string): Series | null {
  const locals = values.map((value) => toLocal(value, timeZone));
  if (!locals.every((local) => local !== null)) return null;
  const series = findSeries(locals.map(({ day, time }) => `${day}T${time}`), "timestamp", locale);
  return series && ((index) => {
    const [day, time] = series(index)?.split("T") ?? [];
    return day === undefined || time === undefined ? null : fromLocal({ day, time }, timeZone);
  });
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
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
