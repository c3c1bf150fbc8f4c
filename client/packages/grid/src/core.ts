import type { LiveOptions } from "./api.ts";
import type { CellContext } from "./cells/kind.ts";
import { FAR_ROWS } from "./limits.ts";
import { frozenThatFit, scrollToShow, type Layout } from "./kernels/geometry.ts";
import { collapse, extendTo, fitSelection, moveRows, rectsOf, selectCell, type Cell, type Extent, type Rect, type Selection } from "./kernels/selection.ts";
import { Columns, isReadOnly } from "./state/columns.ts";
import { Edits } from "./state/edits.ts";
import { EditLog, type History } from "./state/history.ts";
import { RowCache, rowIdOf } from "./state/row-cache.ts";
import { isDraft, Table } from "./state/table.ts";
import { Viewport } from "./state/viewport.ts";
import type { CellPlace, Column, GridCallbacks, GridOptions, Right, RowCount, RowKey } from "./types.ts";

/** What the outside must hear about; the grid wires these to the renderer and to the host's callbacks. */
export interface CoreEvents {
  /** Something on screen may look different. */
  readonly onDraw: () => void;
  readonly onSelection: () => void;
  readonly onStatus: () => void;
  readonly onCount: () => void;
  /** A line for screen readers. */
  readonly onSpeak: (message: string) => void;
}

const GUTTER_DIGIT = 8;
const GUTTER_MARGIN = 26;
/** Room for a ≈ before the number, in tables with rows whose place may be an estimate. */
const GUTTER_ABOUT = 18;
const HEADER_HEIGHT = 34;
const ROW_HEIGHT = 32;
/** On a narrow screen the frozen columns must leave room for the others. */
const MAX_FROZEN_SHARE = 0.6;

/** All state of one grid and the few rules that tie it together. Commands and tools work on it; it knows no DOM. */
export class Core {
  #options: GridOptions;
  readonly #events: CoreEvents;
  readonly columns: Columns;
  readonly edits: Edits;
  readonly cache: RowCache;
  readonly table: Table;
  readonly history: History;
  readonly viewport = new Viewport();
  /** Aborted when the grid is destroyed or shows something else. */
  #life = new AbortController();
  #ended = false;
  #selection: Selection = selectCell({ row: 0, column: 0 });
  /** The row whose place is being found out, and the one that is next. */
  #locating: { next: RowKey | null } | null = null;

  constructor(options: GridOptions, events: CoreEvents) {
    this.#options = options;
    this.#events = events;
    this.history = options.history ?? new EditLog().at("");
    this.columns = new Columns(options.columns);
    this.edits = new Edits(() => {
      events.onStatus();
      events.onSelection();
      events.onDraw();
    });
    this.cache = new RowCache((start, count, signal, beside) => options.source.fetchRows(start, count, signal, beside), {
      onRows: () => {
        events.onSelection();
        events.onDraw();
      },
      onCount: (count, means) => {
        if (this.table.learnCount(count, means)) this.#countChanged();
      },
      onEstimate: (key) => void this.#locate(key),
      onMove: (start, end, by) => this.#follow(start, end, by),
    });
    this.table = new Table(this.cache, this.edits, () => this.#options.insert);
  }

  get options(): GridOptions {
    return this.#options;
  }

  get callbacks(): GridCallbacks {
    return this.#options.callbacks ?? {};
  }

  /** The grid is gone; a write that is still under way then only has its outcome told and remembered. */
  get ended(): boolean {
    return this.#ended;
  }

  get signal(): AbortSignal {
    return this.#life.signal;
  }

  get extent(): Extent {
    return { rows: this.table.lines, columns: this.columns.count };
  }

  get layout(): Layout {
    const { rowHeight = ROW_HEIGHT, frozenColumns = 0 } = this.#options;
    const digits = Math.max(2, String(this.table.lines).length);
    return {
      columns: this.columns.axis,
      rowCount: this.table.lines,
      rowHeight,
      headerHeight: HEADER_HEIGHT,
      gutterWidth: digits * GUTTER_DIGIT + GUTTER_MARGIN + (this.table.lines > FAR_ROWS ? GUTTER_ABOUT : 0),
      frozen: frozenThatFit(this.columns.axis, frozenColumns, this.viewport.width * MAX_FROZEN_SHARE),
      scrollX: this.viewport.x,
      scrollY: this.viewport.y,
      viewWidth: this.viewport.width,
      viewHeight: this.viewport.height,
    };
  }

  // ---- selection ----

  get selection(): Selection {
    return this.#selection;
  }

  get rects(): readonly Rect[] {
    return rectsOf(this.#selection, this.extent);
  }

  /** The block that Shift extends, as a rectangle; the target of paste and fill. */
  get lastRect(): Rect {
    const all = this.rects;
    const { row, column } = this.#selection.active;
    return all[all.length - 1] ?? { top: row, bottom: row + 1, left: column, right: column + 1 };
  }

  select(selection: Selection): void {
    this.#selection = fitSelection(selection, this.extent);
    this.#events.onSelection();
    this.#events.onDraw();
  }

  /** Selects one cell and shows it. */
  goTo(cell: Cell): void {
    this.select(selectCell(cell));
    this.reveal(cell);
  }

  extendTo(cell: Cell): void {
    this.select(extendTo(this.#selection, cell));
    this.reveal(cell);
  }

  collapse(): void {
    this.select(collapse(this.#selection));
  }

  reveal(cell: Cell): void {
    const { x, y } = scrollToShow(this.layout, cell.row, cell.column);
    if (x === this.viewport.x && y === this.viewport.y) return;
    this.viewport.goTo(this.layout, x, y);
    this.#events.onDraw();
  }

  get activeColumn(): Column | undefined {
    return this.columns.at(this.#selection.active.column);
  }

  place(cell: Cell): CellPlace | null {
    const column = this.columns.at(cell.column);
    if (!column || cell.row >= this.table.lines) return null;
    const key = this.table.rowAt(cell.row)?.key ?? null;
    return { row: cell.row, column, key, value: this.table.value(cell.row, column) ?? null };
  }

  // ---- values ----

  context(column: Column, label?: string): CellContext {
    const { locale, timeZone, messages, now = () => new Date() } = this.#options;
    return { column, locale, timeZone, messages, now, label };
  }

  /** Why a cell cannot be written, or null when it can. A draft's read-only columns are those that never take a value. */
  refusal(row: number, column: Column): string | null {
    const { messages, update, insert } = this.#options;
    const line = this.table.line(row);
    const draft = isDraft(line);
    const right: Right = draft ? insert : update;
    if (isReadOnly(column, draft)) return messages.readonlyCell(column.name, column.readonlyReason ?? "");
    return right.allowed ? null : messages.readonlyCell(column.name, right.reason ?? messages.notAllowed);
  }

  // ---- life ----

  setColumns(columns: readonly Column[]): void {
    this.columns.replace(columns);
    this.select(this.#selection);
  }

  setOptions(options: LiveOptions): void {
    this.#options = { ...this.#options, ...options };
    this.select(this.#selection);
    this.viewport.goTo(this.layout, this.viewport.x, this.viewport.y);
  }

  /** Asks for the count anew; failing to count is no failure of the grid, which then goes by what it meets. */
  async recount(): Promise<void> {
    const signal = this.signal;
    try {
      const count = await this.#options.source.rowCount(signal);
      if (!signal.aborted && count) this.takeCount(count);
    } catch (error) {
      if (!signal.aborted) this.notice("error", error instanceof Error ? error.message : String(error));
    }
  }

  /** Takes a count from the source. Rows that were inserted here and are shown at the end are part of it. */
  takeCount(count: RowCount): void {
    const saved = this.table.locals.all.filter((row) => row.saved !== null).length;
    if (this.table.setCount({ ...count, value: Math.max(0, count.value - saved) })) this.#countChanged();
  }

  refresh(reset: boolean): void {
    if (reset) {
      this.#life.abort();
      this.#life = new AbortController();
      this.#locating = null;
      this.table.reset();
      this.cache.clear();
      this.viewport.goTo(this.layout, this.viewport.x, 0);
      this.select(selectCell({ row: 0, column: this.#selection.active.column }));
    } else {
      this.table.locals.dropSaved();
      this.cache.markStale();
    }
    this.#countChanged();
    void this.recount();
  }

  destroy(): void {
    this.#ended = true;
    this.#life.abort();
    this.cache.destroy();
  }

  /** Finds out where rows stand whose place is an estimate: one at a time, and of those that wait only the latest. */
  async #locate(key: RowKey): Promise<void> {
    if (this.#locating) {
      this.#locating.next = key;
      return;
    }
    const signal = this.signal;
    const locating: { next: RowKey | null } = (this.#locating = { next: key });
    try {
      while (locating.next !== null) {
        const wanted = locating.next;
        locating.next = null;
        const place = await this.#options.source.locate?.(wanted, signal);
        if (signal.aborted) return;
        if (place) this.cache.located(rowIdOf(wanted), place.index, place.exact);
      }
    } catch {
      // The row is gone, or reading all rows took too long: the estimate stays, and says that it is one.
    } finally {
      if (this.#locating === locating) this.#locating = null;
    }
  }

  /** What is on screen stays there when its rows turn out to stand elsewhere. */
  #follow(start: number, end: number, by: number): void {
    if (by === 0) return;
    const { y, x } = this.viewport;
    const { rowHeight } = this.layout;
    const { active } = this.#selection;
    const shown = y / rowHeight;
    if (shown + this.viewport.height / rowHeight >= start && shown < end) this.viewport.goTo(this.layout, x, y + by * rowHeight);
    if (active.row >= start && active.row < end) this.select(moveRows(this.#selection, by));
  }

  // ---- saying ----

  draw(): void {
    this.#events.onDraw();
  }

  linesChanged(): void {
    this.#countChanged();
  }

  notice(level: "info" | "error", message: string): void {
    this.callbacks.onNotice?.({ level, message });
    this.#events.onSpeak(message);
  }

  speak(message: string): void {
    this.#events.onSpeak(message);
  }

  #countChanged(): void {
    this.#selection = fitSelection(this.#selection, this.extent);
    this.viewport.goTo(this.layout, this.viewport.x, this.viewport.y);
    this.#events.onCount();
    this.#events.onSelection();
    this.#events.onDraw();
  }
}
