import type { Core } from "../core.ts";
import { columnX, contentSize, rowY, visibleWindow, type Layout, type Window } from "../kernels/geometry.ts";
import type { Cell } from "../kernels/selection.ts";
import { AHEAD_ROWS, SETTLE_MS, SKELETON_MS } from "../limits.ts";
import { spaceOf } from "../state/viewport.ts";
import type { Column } from "../types.ts";
import { make, setAttribute, setText, uniqueName } from "./dom.ts";
import { Header } from "./header.ts";
import { Overlay } from "./overlay.ts";
import type { Point, Preview, Renderer } from "./renderer.ts";
import { RowNode } from "./row-node.ts";
import { TextMeasure } from "./text-measure.ts";

/** Vertical places are counted from a row that is a multiple of this, so that they stay exact as floats in the compositor. */
const ANCHOR_ROWS = 10_000;

const OVERSCAN = 2;

/** Nodes are put into the order of their rows only when the table rests; screen readers read in that order. */
const REST_MS = 150;

/**
 * The grid as DOM nodes. The browser scrolls an empty area of the table's size, or as much of it as it can lay out; the visible
 * rows stand in a layer that sticks to the view and are moved by transforms, so that a fast scroll never shows an empty page.
 */
export class DomRenderer implements Renderer {
  readonly root = make("div", "grid");
  readonly element = make("div", "grid-scroller", "grid");
  readonly #core: Core;
  readonly #space = make("div", "grid-space", "none");
  readonly #view = make("div", "grid-view", "none");
  readonly #body = make("div", "grid-body", "rowgroup");
  readonly #live = make("div", "grid-hidden");
  /** Editors stand beside the grid, because a grid's children may only be rows. */
  readonly #pins = make("div", "grid-pins");
  readonly #failed = make("div", "grid-failed");
  readonly #header = new Header();
  readonly #overlay = new Overlay();
  readonly #name = uniqueName();
  readonly #sizes: ResizeObserver;
  #rows: RowNode[] = [];
  #preview: Preview = {};
  #pinned: { readonly element: HTMLElement; readonly cell: Cell } | null = null;
  #frame = 0;
  #restTimer = 0;
  #settleTimer = 0;
  #lastY = 0;
  /** The scrollbars' positions as last read or written; asking the browser would force a layout in every frame. */
  #scrolled = { x: 0, y: 0 };
  #skeletonTimer = 0;
  #activeNode: HTMLElement | null = null;
  readonly #texts = new TextMeasure();
  readonly #forgetWidths = (): void => {
    this.#texts.forget();
    this.schedule();
  };

  constructor(host: HTMLElement, core: Core) {
    this.#core = core;
    this.element.tabIndex = 0;
    setAttribute(this.element, "aria-multiselectable", "true");
    setAttribute(this.#live, "aria-live", "polite");
    this.#failed.hidden = true;
    this.#view.append(this.#header.element, this.#body, this.#overlay.element);
    this.#space.append(this.#view);
    this.element.append(this.#space);
    this.root.append(this.element, this.#pins, this.#failed, this.#live, this.#texts.element);
    host.append(this.root);
    this.element.addEventListener("scroll", this.#onScroll, { passive: true });
    this.#sizes = new ResizeObserver(() => this.#measureView());
    this.#sizes.observe(this.element);
    // Not every environment of a test has fonts.
    document.fonts?.addEventListener("loadingdone", this.#forgetWidths);
    this.#measureView();
  }

  schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  preview(preview: Preview): void {
    this.#preview = preview;
    this.element.style.cursor = preview.cursor ?? "";
    this.schedule();
  }

  pointOf(event: { readonly clientX: number; readonly clientY: number }): Point {
    const box = this.#view.getBoundingClientRect();
    const x = this.#isRtl ? box.right - event.clientX : event.clientX - box.left;
    return { x, y: event.clientY - box.top };
  }

  rectOf(cell: Cell): DOMRect {
    const { layout } = this.#core;
    const width = columnX(layout, cell.column + 1) - columnX(layout, cell.column);
    return this.#toClient(columnX(layout, cell.column), rowY(layout, cell.row), width, layout.rowHeight);
  }

  headerRect(column: Column): DOMRect {
    const node = this.#header.nodeOf(column);
    if (node) return node.getBoundingClientRect();
    const { layout } = this.#core;
    return this.#toClient(layout.gutterWidth, 0, this.#core.columns.widthOf(column.id), layout.headerHeight);
  }

  pin(overlay: { readonly element: HTMLElement; readonly cell: Cell } | null): void {
    this.#pinned?.element.remove();
    this.#pinned = overlay;
    if (overlay) this.#pins.append(overlay.element);
    this.#placePinned(this.#core.layout);
    this.schedule();
  }

  measure(text: string): number {
    return this.#texts.width(text);
  }

  speak(message: string): void {
    // The same sentence twice is only heard twice if the text changes in between.
    setText(this.#live, this.#live.textContent === message ? `${message}\u00a0` : message);
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#restTimer);
    clearTimeout(this.#settleTimer);
    clearTimeout(this.#skeletonTimer);
    this.#sizes.disconnect();
    document.fonts?.removeEventListener("loadingdone", this.#forgetWidths);
    this.element.removeEventListener("scroll", this.#onScroll);
    this.root.remove();
  }

  get #isRtl(): boolean {
    return this.#core.options.dir === "rtl";
  }

  readonly #onScroll = (): void => {
    const { scrollLeft, scrollTop } = this.element;
    this.#scrolled = { x: scrollLeft, y: scrollTop };
    this.#core.viewport.scrolled(this.#core.layout, Math.abs(scrollLeft), scrollTop);
    // A scroll event comes right before the frame, so drawing at once saves one frame of lag.
    this.#draw();
    clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => this.#rest(), REST_MS);
  };

  #measureView(): void {
    const { clientWidth, clientHeight } = this.element;
    if (this.#core.viewport.resize(clientWidth, clientHeight)) this.#draw();
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const core = this.#core;
    const { layout } = core;
    this.#layOut(layout);
    const window = visibleWindow(layout, OVERSCAN);
    const { rects } = core;
    const shift = (this.#isRtl ? 1 : -1) * layout.scrollX;
    const anchor = Math.floor(window.firstRow / ANCHOR_ROWS) * ANCHOR_ROWS;
    const y = layout.headerHeight + anchor * layout.rowHeight - layout.scrollY;
    this.#body.style.transform = `translate3d(${shift}px, ${y}px, 0)`;
    this.#showRows(window, layout, anchor, shift);
    this.#header.show(core, layout, window, rects, shift);
    this.#overlay.show(core, layout, rects, this.#preview, this.#pinned !== null);
    this.#placePinned(layout);
    this.#showActive(layout);
    this.#showFailed(window);
    this.#showSkeletons(window);
    this.#ask(window, layout);
  }

  #layOut(layout: Layout): void {
    const { element } = this;
    const { width } = contentSize(layout);
    const height = spaceOf(layout).physical + layout.viewHeight;
    this.#space.style.inlineSize = `${Math.max(width, layout.viewWidth)}px`;
    this.#space.style.blockSize = `${height}px`;
    this.#view.style.inlineSize = `${layout.viewWidth}px`;
    this.#view.style.blockSize = `${layout.viewHeight}px`;
    this.#body.style.inlineSize = `${width}px`;
    setAttribute(this.root, "dir", this.#core.options.dir ?? "ltr");
    this.#moveScrollbars(this.#isRtl ? -layout.scrollX : layout.scrollX, this.#core.viewport.physicalY);
    const { count } = this.#core.table;
    setAttribute(element, "aria-label", this.#core.options.messages.gridLabel);
    setAttribute(element, "aria-rowcount", count?.exact ? String(layout.rowCount + 1) : "-1");
    setAttribute(element, "aria-colcount", String(layout.columns.count + 1));
  }

  #moveScrollbars(x: number, y: number): void {
    if (Math.abs(this.#scrolled.x - x) >= 1) this.element.scrollLeft = x;
    if (Math.abs(this.#scrolled.y - y) >= 1) this.element.scrollTop = y;
    this.#scrolled = { x, y };
  }

  #showRows(window: Window, layout: Layout, anchor: number, shift: number): void {
    const count = window.endRow - window.firstRow;
    while (this.#rows.length < count) {
      const row = new RowNode(this.#texts);
      this.#rows.push(row);
      this.#body.append(row.element);
    }
    const size = this.#rows.length;
    const { rects } = this.#core;
    for (let row = window.firstRow; row < window.firstRow + size; row++) {
      const node = this.#rows[row % size]!;
      if (row >= window.endRow) {
        node.hide();
        continue;
      }
      node.show(this.#core, row, anchor, layout, window, rects);
      node.hold(-shift);
    }
  }

  #showActive(layout: Layout): void {
    const { row, column } = this.#core.selection.active;
    const size = Math.max(1, this.#rows.length);
    const owner = this.#rows[row % size];
    const node = owner?.row === row ? owner.cellAt(column, layout) : null;
    if (node === this.#activeNode) return;
    this.#activeNode?.removeAttribute("id");
    this.#activeNode = node;
    if (node) node.id = `${this.#name}-active`;
    setAttribute(this.element, "aria-activedescendant", node ? node.id : null);
  }

  /** Keeps an editor over its cell, moved as far as it takes to be seen whole; with its cell out of sight it is not shown. */
  #placePinned(layout: Layout): void {
    const pinned = this.#pinned;
    if (!pinned) return;
    const { row, column } = pinned.cell;
    const { element } = pinned;
    const x = columnX(layout, column);
    const y = rowY(layout, row);
    const width = columnX(layout, column + 1) - x;
    // One pixel more on every side, so that the editor's frame covers the cell's lines.
    element.style.minInlineSize = `${width + 1}px`;
    element.style.minBlockSize = `${layout.rowHeight + 1}px`;
    const left = column < layout.frozen ? layout.gutterWidth : columnX(layout, layout.frozen) + layout.scrollX;
    const seen = y >= layout.headerHeight && y + layout.rowHeight <= layout.viewHeight + layout.rowHeight && x + width > left && x < layout.viewWidth;
    element.classList.toggle("is-away", !seen);
    element.style.insetInlineStart = `${Math.max(layout.gutterWidth, Math.min(x, layout.viewWidth - element.offsetWidth)) - 1}px`;
    element.style.insetBlockStart = `${Math.max(layout.headerHeight, Math.min(y, layout.viewHeight - element.offsetHeight)) - 1}px`;
  }

  #showFailed(window: Window): void {
    const { cache, options } = this.#core;
    let failed = -1;
    for (let row = window.firstRow; row < window.endRow && failed < 0; row++) if (cache.stateOf(row) === "failed") failed = row;
    this.#failed.hidden = failed < 0;
    if (failed < 0) {
      this.#failed.replaceChildren();
      return;
    }
    const text = options.messages.loadFailed(cache.errorAt(failed));
    if (this.#failed.firstChild?.textContent === text) return;
    const words = make("span", "grid-failed-text", "alert");
    setText(words, text);
    const button = make("button", "grid-failed-retry");
    button.type = "button";
    setText(button, options.messages.retry);
    button.addEventListener("click", () => {
      cache.retry(failed);
      this.schedule();
    });
    this.#failed.replaceChildren(words, button);
  }

  /** Placeholders appear only when rows are missing for longer than a moment. */
  #showSkeletons(window: Window): void {
    const { table } = this.#core;
    const isMissing = (row: number): boolean => row < table.sourceRows && table.rowAt(row) === undefined;
    const missing = isMissing(window.firstRow) || isMissing(window.endRow - 1);
    if (missing && this.#skeletonTimer === 0) {
      this.#skeletonTimer = globalThis.setTimeout(() => this.#body.classList.add("is-waiting"), SKELETON_MS) as unknown as number;
    } else if (!missing && this.#skeletonTimer !== 0) {
      clearTimeout(this.#skeletonTimer);
      this.#skeletonTimer = 0;
      this.#body.classList.remove("is-waiting");
    }
  }

  /** Asks for what is on screen: at once while the table moves slowly, after a moment when it flies past. */
  #ask(window: Window, layout: Layout): void {
    const jumped = Math.abs(layout.scrollY - this.#lastY) > layout.viewHeight;
    this.#lastY = layout.scrollY;
    clearTimeout(this.#settleTimer);
    const { cache, table } = this.#core;
    // The first block is asked for before anything is known about the table.
    const start = Math.max(0, Math.min(window.firstRow, table.sourceRows - 1) - AHEAD_ROWS);
    const end = Math.max(1, Math.min(window.endRow + AHEAD_ROWS, table.sourceRows));
    if (jumped) this.#settleTimer = globalThis.setTimeout(() => cache.want(start, end), SETTLE_MS) as unknown as number;
    else cache.want(start, end);
  }

  #rest(): void {
    if (this.#core.viewport.settle(this.#core.layout)) this.#moveScrollbars(this.#scrolled.x, this.#core.viewport.physicalY);
    const shown = this.#rows.filter((row) => row.row >= 0).sort((a, b) => a.row - b.row);
    const inOrder = shown.every((row, index) => index === 0 || shown[index - 1]!.element.nextSibling === row.element);
    if (!inOrder) this.#body.append(...shown.map((row) => row.element));
  }

  #toClient(x: number, y: number, width: number, height: number): DOMRect {
    const box = this.#view.getBoundingClientRect();
    const left = this.#isRtl ? box.right - x - width : box.left + x;
    return new DOMRect(left, box.top + y, width, height);
  }
}
