import type { Core } from "../core.ts";
import { startOf } from "../kernels/axis.ts";
import { frozenWidth, type Layout } from "../kernels/geometry.ts";
import { isSingleCell, type Rect } from "../kernels/selection.ts";
import { make } from "./dom.ts";
import type { Preview } from "./renderer.ts";

/** A rectangle on screen inside the body, pixels from its leading top corner. `openStart` and `openEnd` say
 * that the selection goes on there, so that no border is drawn. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly openStart?: boolean;
  readonly openEnd?: boolean;
}

/** Borders of boxes that reach out of the view are drawn this far outside. */
const BEYOND = 6;

/** Selection, active cell, fill handle and drop marker, drawn over the cells. */
export class Overlay {
  readonly element = make("div", "grid-overlay");
  #ranges: HTMLElement[] = [];
  readonly #active = make("div", "grid-active");
  readonly #handle = make("div", "grid-fill-handle");
  readonly #fill = make("div", "grid-fill");
  readonly #drop = make("div", "grid-drop");
  readonly #frozen = make("div", "grid-frozen-edge");

  constructor() {
    for (const part of [this.#active, this.#handle, this.#fill, this.#drop, this.#frozen]) part.ariaHidden = "true";
    this.element.append(this.#active, this.#handle, this.#fill, this.#drop, this.#frozen);
  }

  show(core: Core, layout: Layout, rects: readonly Rect[], preview: Preview, editing: boolean): void {
    const { style } = this.element;
    style.insetBlockStart = `${layout.headerHeight}px`;
    style.insetInlineStart = `${layout.gutterWidth}px`;
    const single = isSingleCell(core.selection, core.extent);
    this.#showRanges(single ? [] : rects.flatMap((rect) => boxesOf(layout, rect)));
    const { row, column } = core.selection.active;
    const empty = core.extent.columns === 0 || core.extent.rows === 0;
    const activeRect = { top: row, bottom: row + 1, left: column, right: column + 1 };
    put(this.#active, empty ? undefined : boxesOf(layout, activeRect)[0]);
    this.#showHandle(layout, rects, editing || empty);
    put(this.#fill, preview.fill ? boxesOf(layout, preview.fill)[0] : undefined);
    const before = preview.dropBefore;
    put(this.#drop, before === undefined ? undefined : dropBox(layout, before));
    put(this.#frozen, layout.frozen === 0 ? undefined : frozenEdge(layout));
  }

  #showRanges(boxes: readonly Box[]): void {
    while (this.#ranges.length < boxes.length) {
      const range = make("div", "grid-range");
      range.ariaHidden = "true";
      this.#ranges.push(range);
      this.element.prepend(range);
    }
    while (this.#ranges.length > boxes.length) this.#ranges.pop()!.remove();
    for (const [index, box] of boxes.entries()) put(this.#ranges[index]!, box);
  }

  #showHandle(layout: Layout, rects: readonly Rect[], hide: boolean): void {
    const last = rects[rects.length - 1];
    const corner = last && rects.length === 1 && !hide ? cornerOf(layout, last) : null;
    put(this.#handle, corner ?? undefined);
  }
}

/** The visible boxes of a rectangle of cells: one among the frozen columns, one among the others. */
export function boxesOf(layout: Layout, rect: Rect): readonly Box[] {
  const bodyHeight = layout.viewHeight - layout.headerHeight;
  const bodyWidth = layout.viewWidth - layout.gutterWidth;
  const top = Math.max(-BEYOND, rect.top * layout.rowHeight - layout.scrollY);
  const bottom = Math.min(bodyHeight + BEYOND, rect.bottom * layout.rowHeight - layout.scrollY);
  if (bottom <= top) return [];
  const pinned = frozenWidth(layout);
  const out: Box[] = [];
  const frozenEnd = Math.min(rect.right, layout.frozen);
  if (rect.left < frozenEnd) {
    const x = startOf(layout.columns, rect.left);
    out.push({ x, y: top, width: startOf(layout.columns, frozenEnd) - x, height: bottom - top, openEnd: rect.right > frozenEnd });
  }
  const movingStart = Math.max(rect.left, layout.frozen);
  if (movingStart < rect.right) {
    const start = startOf(layout.columns, movingStart) - layout.scrollX;
    const limit = layout.frozen > 0 ? pinned : -BEYOND;
    const x = Math.max(limit, start);
    const end = Math.min(bodyWidth + BEYOND, startOf(layout.columns, rect.right) - layout.scrollX);
    if (end > x) out.push({ x, y: top, width: end - x, height: bottom - top, openStart: start < limit || rect.left < movingStart });
  }
  return out;
}

/** The fill handle's square at the rectangle's last corner, or null when that corner is not in view. */
export function cornerOf(layout: Layout, rect: Rect): Box | null {
  const size = 8;
  const boxes = boxesOf(layout, { ...rect, top: rect.bottom - 1, left: rect.right - 1 });
  const box = boxes[boxes.length - 1];
  if (!box) return null;
  return { x: box.x + box.width - size / 2 - 1, y: box.y + box.height - size / 2 - 1, width: size, height: size };
}

function dropBox(layout: Layout, before: number): Box {
  const moving = before >= layout.frozen ? layout.scrollX : 0;
  const x = startOf(layout.columns, before) - moving;
  return { x: x - 1, y: -layout.headerHeight, width: 2, height: layout.viewHeight };
}

function frozenEdge(layout: Layout): Box {
  return { x: frozenWidth(layout) - 1, y: 0, width: 2, height: layout.viewHeight };
}

function put(element: HTMLElement, box: Box | undefined): void {
  element.hidden = box === undefined;
  if (!box) return;
  const { style } = element;
  style.insetInlineStart = `${box.x}px`;
  style.insetBlockStart = `${box.y}px`;
  style.inlineSize = `${box.width}px`;
  style.blockSize = `${box.height}px`;
  element.classList.toggle("is-open-start", box.openStart === true);
  element.classList.toggle("is-open-end", box.openEnd === true);
}
