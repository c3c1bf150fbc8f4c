import type { Core } from "../core.ts";
import { startOf } from "../kernels/axis.ts";
import { showNumber } from "../kernels/number-text.ts";
import type { Layout, Window } from "../kernels/geometry.ts";
import { contains, type Rect } from "../kernels/selection.ts";
import type { Line } from "../state/table.ts";
import { CellNode } from "./cell-node.ts";
import { make, setAttribute, setText } from "./dom.ts";
import type { TextMeasure } from "./text-measure.ts";

/** One row of the pool: a part that stays when scrolling sideways (row number and frozen columns) and a part that moves. */
export class RowNode {
  readonly element = make("div", "grid-row", "row");
  readonly #fixed = make("div", "grid-row-fixed", "none");
  readonly #gutter = make("div", "grid-gutter", "rowheader");
  readonly #number = make("span", "grid-row-number");
  readonly #open = make("span", "grid-row-open");
  #frozen: CellNode[] = [];
  #cells: CellNode[] = [];
  #row = -1;
  #look = "";
  #y = -1;
  #shift = 0;
  #title = "";
  readonly #texts: TextMeasure;

  constructor(texts: TextMeasure) {
    this.#texts = texts;
    this.#open.dataset["gridAction"] = "open-record";
    this.#open.ariaHidden = "true";
    setAttribute(this.#gutter, "aria-colindex", "1");
    this.#gutter.append(this.#number, this.#open);
    this.#fixed.append(this.#gutter);
    this.element.append(this.#fixed);
  }

  get row(): number {
    return this.#row;
  }

  /** Shows a row. `anchor` is the row from which vertical places are counted, so that they stay small. */
  show(core: Core, row: number, anchor: number, layout: Layout, window: Window, rects: readonly Rect[]): void {
    if (row !== this.#row) {
      this.#row = row;
      setAttribute(this.element, "aria-rowindex", String(row + 2));
    }
    this.element.hidden = false;
    const y = (row - anchor) * layout.rowHeight;
    if (y !== this.#y) this.element.style.transform = `translateY(${y}px)`;
    this.#y = y;
    const line = core.table.line(row);
    const look = rowLook(core, row, line);
    if (look !== this.#look) this.element.className = look;
    this.#look = look;
    this.#showGutter(core, row, layout, line);
    this.#frozen = resizePool(this.#frozen, layout.frozen, this.#fixed, this.#texts);
    for (let position = 0; position < layout.frozen; position++) {
      this.#showCell(core, this.#frozen[position]!, position, layout, line, rects);
    }
    const width = window.endColumn - window.firstColumn;
    if (width > this.#cells.length) this.#cells = resizePool(this.#cells, width, this.element, this.#texts);
    for (let position = window.firstColumn; position < window.firstColumn + this.#cells.length; position++) {
      const node = this.#cells[position % this.#cells.length]!;
      node.element.hidden = position >= window.endColumn;
      if (position < window.endColumn) this.#showCell(core, node, position, layout, line, rects);
    }
  }

  /** Keeps row number and frozen columns in place; `shift` is the physical movement of the rows. */
  hold(shift: number): void {
    if (shift === this.#shift) return;
    this.#shift = shift;
    this.#fixed.style.transform = shift === 0 ? "" : `translateX(${shift}px)`;
  }

  hide(): void {
    this.element.hidden = true;
    this.#row = -1;
  }

  cellAt(position: number, layout: Layout): HTMLElement | null {
    const node = position < layout.frozen ? this.#frozen[position] : this.#cells[position % Math.max(1, this.#cells.length)];
    return node && node.position === position && !node.element.hidden ? node.element : null;
  }

  #showCell(core: Core, node: CellNode, position: number, layout: Layout, line: Line, rects: readonly Rect[]): void {
    const column = core.columns.at(position)!;
    const start = startOf(layout.columns, position);
    node.place(position, column, layout.gutterWidth + start, startOf(layout.columns, position + 1) - start);
    node.show(core, this.#row, line);
    node.select(contains(rects, { row: this.#row, column: position }));
  }

  #showGutter(core: Core, row: number, layout: Layout, line: Line): void {
    this.#gutter.style.inlineSize = `${layout.gutterWidth}px`;
    const isNew = line.kind === "new";
    const number = `${core.cache.isEstimated(row) ? "≈ " : ""}${showNumber(String(row + 1), core.options.locale, { grouping: false })}`;
    setText(this.#number, isNew ? "+" : line.kind === "local" && !line.local.saved ? "✱" : number);
    if (this.#title !== core.options.messages.openRecord) this.#open.title = this.#title = core.options.messages.openRecord;
    setAttribute(this.#gutter, "aria-label", isNew ? core.options.messages.newRow : null);
    const canOpen = !isNew && line.row !== undefined && line.row !== null && core.callbacks.onOpenRecord !== undefined;
    this.#open.hidden = !canOpen;
  }
}

function rowLook(core: Core, row: number, line: Line): string {
  const names = ["grid-row"];
  if (line.kind === "new") names.push("is-new");
  if (line.kind === "local" && !line.local.saved) names.push("is-draft");
  if (line.kind !== "new" && line.id !== null && core.table.deleting.has(line.id)) names.push("is-deleting");
  if (core.selection.active.row === row) names.push("is-active");
  return names.join(" ");
}

/** Nodes are found by `position % length`, so a pool that changes its size must be bound anew, which `place` does. */
function resizePool(pool: CellNode[], size: number, parent: HTMLElement, texts: TextMeasure): CellNode[] {
  while (pool.length < size) {
    const node = new CellNode(texts);
    parent.append(node.element);
    pool.push(node);
  }
  while (pool.length > size) pool.pop()!.element.remove();
  return pool;
}
