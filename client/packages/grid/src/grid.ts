import type { ActionId } from "./actions.ts";
import type { Grid, LiveOptions } from "./api.ts";
import { insertWaiting, setValue } from "./commands/edit.ts";
import { discardFailed, failures, reasons, resolve, retryFailed } from "./commands/failures.ts";
import { deleteRows, duplicateRows, insertRow } from "./commands/rows.ts";
import { summarise } from "./commands/summary.ts";
import { Writer } from "./commands/write.ts";
import { Core } from "./core.ts";
import { DomRenderer } from "./render/dom-renderer.ts";
import { rowIdOf } from "./state/row-cache.ts";
import { idleTool } from "./tools/idle.ts";
import { Input } from "./tools/input.ts";
import { runAction } from "./tools/run-action.ts";
import type { Runtime, Tool } from "./tools/tool.ts";
import type { CellSet, Column, ColumnId, FailedEdit, GridOptions, SourceEvent } from "./types.ts";

/** Makes a grid inside `host`, which gives it its size. */
export function createGrid(host: HTMLElement, options: GridOptions): Grid {
  return new GridHandle(host, options);
}

class GridHandle implements Grid, Runtime {
  readonly core: Core;
  readonly writer: Writer;
  readonly renderer: DomRenderer;
  readonly apple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  readonly #input: Input;
  readonly #unsubscribe: (() => void) | undefined;
  #tool: Tool = idleTool;
  #selectionTimer = 0;

  constructor(host: HTMLElement, options: GridOptions) {
    // Until the renderer exists there is nothing to draw and nobody to speak to.
    const parts: { renderer?: DomRenderer } = {};
    this.core = new Core(options, {
      onDraw: () => {
        if (!this.core.ended) parts.renderer?.schedule();
      },
      onSelection: () => this.#selectionChanged(),
      onStatus: () => options.callbacks?.onStatusChange?.(this.core.edits.status()),
      onCount: () => options.callbacks?.onRowCountChange?.(this.core.table.rowCount),
      onSpeak: (message) => parts.renderer?.speak(message),
    });
    this.writer = new Writer(this.core);
    this.renderer = parts.renderer = new DomRenderer(host, this.core);
    this.#input = new Input(this);
    this.#unsubscribe = options.source.subscribe?.((event) => this.#sourceChanged(event));
    this.renderer.schedule();
    void this.core.recount();
  }

  get tool(): Tool {
    return this.#tool;
  }

  use(tool: Tool): void {
    const before = this.#tool;
    before.cancel?.();
    this.#tool = tool;
  }

  setColumns(columns: readonly Column[]): void {
    // An open editor may stand on a column that moves or goes; what was typed is kept.
    this.#tool.leave?.();
    this.use(idleTool);
    this.core.setColumns(columns);
  }

  setOptions(options: LiveOptions): void {
    this.core.setOptions(options);
  }

  refresh({ reset = false }: { readonly reset?: boolean } = {}): void {
    if (reset) this.use(idleTool);
    this.core.refresh(reset);
  }

  focus(): void {
    this.renderer.element.focus({ preventScroll: true });
  }

  run(action: ActionId): boolean {
    // Copy and paste from a menu need the focus where the events are heard.
    this.focus();
    return runAction(this, action);
  }

  select(row: number, column: ColumnId): void {
    this.core.goTo({ row, column: Math.max(0, this.core.columns.positionOf(column)) });
  }

  scrollTo(row: number, column?: ColumnId): void {
    const position = column === undefined ? this.core.selection.active.column : this.core.columns.positionOf(column);
    this.core.reveal({ row, column: Math.max(0, position) });
  }

  selection() {
    return summarise(this.core);
  }

  activeCell() {
    return this.core.place(this.core.selection.active);
  }

  rowAt(index: number) {
    return this.core.table.rowAt(index);
  }

  rowCount() {
    return this.core.table.rowCount;
  }

  insertRow(values?: CellSet): void {
    insertRow(this.core, this.writer, values);
    this.focus();
  }

  duplicateRows(): Promise<void> {
    return duplicateRows(this.core, this.writer);
  }

  deleteRows(): Promise<void> {
    return deleteRows(this.core, this.writer);
  }

  async setCell(row: number, column: ColumnId, value: CellSet[ColumnId], label?: string): Promise<void> {
    setValue(this.core, this.writer, { row, column: this.core.columns.positionOf(column) }, value, label);
    await this.writer.settled();
  }

  commit(): void {
    this.#tool.leave?.();
    this.use(idleTool);
    insertWaiting(this.core, this.writer, null);
  }

  status() {
    return this.core.edits.status();
  }

  failures() {
    return failures(this.core);
  }

  reasons() {
    return reasons(this.core);
  }

  retryFailed(): Promise<void> {
    return retryFailed(this.core, this.writer);
  }

  discardFailed(): void {
    discardFailed(this.core);
  }

  resolve(failure: FailedEdit, choice: "theirs" | "mine"): Promise<void> {
    return resolve(this.core, this.writer, failure, choice);
  }

  destroy(): void {
    this.commit();
    clearTimeout(this.#selectionTimer);
    this.#unsubscribe?.();
    this.#input.destroy();
    this.core.destroy();
    this.renderer.destroy();
  }

  #sourceChanged(event: SourceEvent): void {
    if (event.type === "stale") return this.core.refresh(false);
    if (event.type === "count") return this.core.takeCount(event.count);
    for (const row of event.rows) this.core.table.store(rowIdOf(row.key), row);
    this.core.draw();
  }

  /** A drag selects many times in one frame, and the figures of a large selection cost time. */
  #selectionChanged(): void {
    clearTimeout(this.#selectionTimer);
    this.#selectionTimer = globalThis.setTimeout(() => {
      insertWaiting(this.core, this.writer, this.core.selection.active.row);
      this.core.callbacks.onSelectionChange?.(summarise(this.core));
    }, 60) as unknown as number;
  }
}
