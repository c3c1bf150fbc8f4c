import type { Cell, Rect } from "../kernels/selection.ts";
import type { Column } from "../types.ts";

/** Passing things on screen that belong to a drag and not to the table's state. */
export interface Preview {
  /** What releasing the fill handle would cover. */
  readonly fill?: Rect;
  /** A dragged column would be dropped before the one at this position. */
  readonly dropBefore?: number;
  readonly cursor?: "col-resize" | "grabbing" | "crosshair";
}

/** A point of the view: pixels from its top and from its leading edge, whatever the reading direction. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How a grid is put on screen. The one there is makes DOM nodes; nothing else in the package knows that. */
export interface Renderer {
  /** Everything of the grid; hears the events of the cells and of an open editor. */
  readonly root: HTMLElement;
  /** The ARIA grid. It has the focus while no editor is open. */
  readonly element: HTMLElement;
  /** Puts the present state on screen at the next frame. */
  schedule(): void;
  preview(preview: Preview): void;
  pointOf(event: { readonly clientX: number; readonly clientY: number }): Point;
  /** The cell's rectangle in the browser's viewport; of the nearest visible part when it is scrolled away. */
  rectOf(cell: Cell): DOMRect;
  /** Where a column's header is in the browser's viewport. */
  headerRect(column: Column): DOMRect;
  /** Places an element over a cell and keeps it there while the table scrolls; null ends that. */
  pin(overlay: { readonly element: HTMLElement; readonly cell: Cell } | null): void;
  /** Width of a text in the grid's font. */
  measure(text: string): number;
  /** Says something to screen readers. */
  speak(message: string): void;
  destroy(): void;
}
