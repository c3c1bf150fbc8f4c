import type { Core } from "../core.ts";
import { startOf } from "../kernels/axis.ts";
import type { Layout, Window } from "../kernels/geometry.ts";
import type { Rect } from "../kernels/selection.ts";
import type { Column } from "../types.ts";
import { make, setAttribute, setName, setText } from "./dom.ts";

/** The line of column names. Its nodes are kept by column, because there are few of them and they are rarely new. */
export class Header {
  readonly element = make("div", "grid-header", "rowgroup");
  readonly #row = make("div", "grid-header-row", "row");
  readonly #corner = make("div", "grid-corner", "columnheader");
  readonly #cornerText = make("span", "grid-hidden");
  readonly #moving = make("div", "grid-header-moving", "none");
  readonly #fixed = make("div", "grid-header-fixed", "none");
  readonly #nodes = new Map<Column, HTMLElement>();
  #options: object | null = null;

  constructor() {
    setAttribute(this.#row, "aria-rowindex", "1");
    setAttribute(this.#corner, "aria-colindex", "1");
    this.#corner.append(this.#cornerText);
    this.#fixed.append(this.#corner);
    this.#row.append(this.#fixed, this.#moving);
    this.element.append(this.#row);
  }

  show(core: Core, layout: Layout, window: Window, rects: readonly Rect[], shift: number): void {
    if (core.options !== this.#options) {
      this.#options = core.options;
      for (const node of this.#nodes.values()) node.remove();
      this.#nodes.clear();
      setText(this.#cornerText, core.options.messages.rowNumbers);
      this.#corner.title = core.options.messages.selectAll;
    }
    this.element.style.blockSize = `${layout.headerHeight}px`;
    this.#corner.style.inlineSize = `${layout.gutterWidth}px`;
    this.#moving.style.transform = shift === 0 ? "" : `translateX(${shift}px)`;
    const shown = new Set<Column>();
    for (let position = 0; position < layout.frozen; position++) shown.add(this.#showColumn(core, position, layout, rects));
    for (let position = window.firstColumn; position < window.endColumn; position++) shown.add(this.#showColumn(core, position, layout, rects));
    for (const [column, node] of this.#nodes) {
      if (shown.has(column)) continue;
      node.remove();
      this.#nodes.delete(column);
    }
  }

  nodeOf(column: Column): HTMLElement | undefined {
    return this.#nodes.get(column);
  }

  #showColumn(core: Core, position: number, layout: Layout, rects: readonly Rect[]): Column {
    const column = core.columns.at(position)!;
    const node = this.#nodes.get(column) ?? this.#make(core, column);
    const parent = position < layout.frozen ? this.#fixed : this.#moving;
    if (node.parentElement !== parent) parent.append(node);
    const start = startOf(layout.columns, position);
    node.style.insetInlineStart = `${layout.gutterWidth + start}px`;
    node.style.inlineSize = `${startOf(layout.columns, position + 1) - start}px`;
    setAttribute(node, "aria-colindex", String(position + 2));
    const touched = rects.some((rect) => position >= rect.left && position < rect.right);
    node.classList.toggle("is-touched", touched);
    return column;
  }

  #make(core: Core, column: Column): HTMLElement {
    const { messages } = core.options;
    const node = make("div", "grid-column", "columnheader");
    const icon = make("span", "grid-kind");
    icon.dataset["kind"] = column.primaryKey ? "key" : column.kind;
    icon.ariaHidden = "true";
    const name = make("span", "grid-column-name");
    setName(name, column.name);
    node.append(icon, name);
    if (column.sort) {
      setAttribute(node, "aria-sort", column.sort);
      const arrow = make("span", "grid-sort");
      setText(arrow, column.sort === "ascending" ? "↑" : "↓");
      arrow.title = column.sort === "ascending" ? messages.sortedAscending : messages.sortedDescending;
      arrow.ariaHidden = "true";
      node.append(arrow);
    }
    if (core.callbacks.onColumnMenu) {
      const menu = make("button", "grid-column-menu");
      menu.type = "button";
      menu.tabIndex = -1;
      menu.dataset["gridAction"] = "column-menu";
      menu.ariaLabel = messages.columnMenu(column.name);
      node.append(menu);
    }
    node.dataset["column"] = String(column.id);
    node.title = [column.name, column.typeName, column.primaryKey ? messages.primaryKey : "", column.readonlyReason ?? ""].filter(Boolean).join(" · ");
    node.classList.toggle("is-readonly", column.readonly === true || column.generated === true);
    this.#nodes.set(column, node);
    return node;
  }
}
