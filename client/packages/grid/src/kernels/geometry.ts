/** Pure functions: which rows and columns are on screen, what lies under a point, how far to scroll. No state, no DOM. */

import { indexAt, lengthOf, sizeOf, startOf, type Axis } from "./axis.ts";

/** Everything that a place on screen depends on. Pixels; `x` and `y` grow in reading direction. */
export interface Layout {
  readonly columns: Axis;
  readonly rowCount: number;
  readonly rowHeight: number;
  readonly headerHeight: number;
  readonly gutterWidth: number;
  /** How many of the first columns stay in place. */
  readonly frozen: number;
  readonly scrollX: number;
  /** Virtual position; see scroll.ts. */
  readonly scrollY: number;
  readonly viewWidth: number;
  readonly viewHeight: number;
}

/** Half-open index ranges. */
export interface Window {
  readonly firstRow: number;
  readonly endRow: number;
  readonly firstColumn: number;
  readonly endColumn: number;
}

export type Hit =
  | { readonly area: "corner" }
  | { readonly area: "header"; readonly column: number; readonly edge: number | null }
  | { readonly area: "gutter"; readonly row: number }
  | { readonly area: "cell"; readonly row: number; readonly column: number }
  | { readonly area: "outside"; readonly row: number; readonly column: number };

/** Half the width of the strip around a header's border where it can be dragged. */
const EDGE = 4;

/** How many of the first columns can be frozen so that they take no more than `room` pixels. */
export function frozenThatFit(columns: Axis, wanted: number, room: number): number {
  let fit = Math.min(wanted, columns.count);
  while (fit > 0 && startOf(columns, fit) > room) fit--;
  return fit;
}

export function frozenWidth(layout: Layout): number {
  return startOf(layout.columns, layout.frozen);
}

/** Rows and columns that are at least partly visible; `overscan` adds rows on both sides. */
export function visibleWindow(layout: Layout, overscan = 0): Window {
  const body = Math.max(0, layout.viewHeight - layout.headerHeight);
  const firstRow = Math.floor(layout.scrollY / layout.rowHeight);
  const endRow = Math.ceil((layout.scrollY + body) / layout.rowHeight);
  const left = layout.scrollX + frozenWidth(layout);
  const right = layout.scrollX + layout.viewWidth - layout.gutterWidth;
  const { columns, frozen } = layout;
  const firstColumn = columns.count <= frozen ? columns.count : Math.max(frozen, indexAt(columns, left));
  const endColumn = columns.count === 0 || right <= left ? firstColumn : indexAt(columns, right - 0.5) + 1;
  return {
    firstRow: Math.max(0, firstRow - overscan),
    endRow: Math.min(layout.rowCount, endRow + overscan),
    firstColumn,
    endColumn: Math.max(firstColumn, endColumn),
  };
}

/** The whole width of gutter and columns, and the whole height of header and rows. */
export function contentSize(layout: Layout): { width: number; height: number } {
  return {
    width: layout.gutterWidth + lengthOf(layout.columns),
    height: layout.headerHeight + layout.rowCount * layout.rowHeight,
  };
}

/** Where a column starts on screen, counted from the view's leading edge. */
export function columnX(layout: Layout, column: number): number {
  const start = layout.gutterWidth + startOf(layout.columns, column);
  return column < layout.frozen ? start : start - layout.scrollX;
}

/** Where a row starts on screen, counted from the view's top. */
export function rowY(layout: Layout, row: number): number {
  return layout.headerHeight + row * layout.rowHeight - layout.scrollY;
}

/** What lies under a point of the view. */
export function hitTest(layout: Layout, x: number, y: number): Hit {
  const row = Math.floor((y - layout.headerHeight + layout.scrollY) / layout.rowHeight);
  const column = columnUnder(layout, x);
  const inHeader = y < layout.headerHeight;
  if (x < layout.gutterWidth) return inHeader ? { area: "corner" } : gutterHit(layout, row);
  if (inHeader) return { area: "header", column, edge: edgeUnder(layout, x, column) };
  const beyond = row >= layout.rowCount || x > columnX(layout, layout.columns.count);
  const inside = { row: clampIndex(row, layout.rowCount), column: clampIndex(column, layout.columns.count) };
  return { area: beyond || layout.columns.count === 0 ? "outside" : "cell", ...inside };
}

/** The nearest cell to a point that may lie outside the view, for dragging. */
export function nearestCell(layout: Layout, x: number, y: number): { row: number; column: number } {
  const row = Math.floor((y - layout.headerHeight + layout.scrollY) / layout.rowHeight);
  return {
    row: clampIndex(row, layout.rowCount),
    column: clampIndex(columnUnder(layout, x), layout.columns.count),
  };
}

/** The scroll position nearest to the present one at which a cell is wholly visible. */
export function scrollToShow(layout: Layout, row: number, column: number | null): { x: number; y: number } {
  const body = Math.max(layout.rowHeight, layout.viewHeight - layout.headerHeight);
  const top = row * layout.rowHeight;
  const y = nearest(layout.scrollY, top, top + layout.rowHeight, body);
  if (column === null || column < layout.frozen || column >= layout.columns.count) return { x: layout.scrollX, y };
  const pinned = frozenWidth(layout);
  const start = startOf(layout.columns, column) - pinned;
  const room = layout.viewWidth - layout.gutterWidth - pinned;
  return { x: nearest(layout.scrollX, start, start + sizeOf(layout.columns, column), room), y };
}

/** Whole rows that fit on screen, at least one; the step of Page Up and Page Down. */
export function pageRows(layout: Layout): number {
  return Math.max(1, Math.floor((layout.viewHeight - layout.headerHeight) / layout.rowHeight) - 1);
}

/** How fast a drag beyond an edge scrolls: pixels per frame, growing with the distance. */
export function autoScrollSpeed(position: number, start: number, end: number): number {
  const beyond = position < start ? position - start : position > end ? position - end : 0;
  return Math.sign(beyond) * Math.min(60, Math.abs(beyond) / 3);
}

function nearest(scroll: number, start: number, end: number, room: number): number {
  if (start < scroll || end - start > room) return start;
  return end > scroll + room ? end - room : scroll;
}

function columnUnder(layout: Layout, x: number): number {
  const inTable = x - layout.gutterWidth;
  const pinned = inTable < frozenWidth(layout) && layout.frozen > 0;
  return indexAt(layout.columns, pinned ? inTable : inTable + layout.scrollX);
}

function edgeUnder(layout: Layout, x: number, column: number): number | null {
  if (column < 0) return null;
  const start = columnX(layout, column);
  const end = columnX(layout, column + 1);
  if (Math.abs(x - end) <= EDGE) return column;
  const previousIsVisible = column > 0 && (column !== layout.frozen || layout.scrollX === 0);
  return previousIsVisible && Math.abs(x - start) <= EDGE ? column - 1 : null;
}

function gutterHit(layout: Layout, row: number): Hit {
  return row < layout.rowCount ? { area: "gutter", row } : { area: "outside", row: layout.rowCount - 1, column: 0 };
}

function clampIndex(index: number, count: number): number {
  return Math.max(0, Math.min(index, count - 1));
}
