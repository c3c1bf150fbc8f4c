/** Every limit of the grid, in one place. */

/** Rows that are fetched together: a few screens. */
export const BLOCK_ROWS = 150;

/** Rows beyond the view that are asked for with it, so that ordinary scrolling meets loaded rows. */
export const AHEAD_ROWS = 60;

/** Rows that one request may ask for, when a copy needs more than is loaded. */
export const MAX_FETCH_ROWS = 1000;

/** Blocks kept in memory; the least recently seen goes first. */
export const MAX_BLOCKS = 120;

/** Requests for rows under way at the same time. */
export const MAX_LOADS = 2;

/** From this row on, blocks side by side are read one after the other: where the first one stands may be an estimate. */
export const FAR_ROWS = 10_000;

/** While the table flies past, rows are only asked for once it has rested this long. Milliseconds. */
export const SETTLE_MS = 70;

/** A placeholder is drawn only for what takes longer than this. Milliseconds. */
export const SKELETON_MS = 150;

export const MAX_COPY_CELLS = 500_000;
export const MAX_PASTE_CELLS = 100_000;
export const MAX_FILL_CELLS = 100_000;

/** Rows that one deletion or duplication may touch. */
export const MAX_ROWS_AT_ONCE = 10_000;

/** Steps that can be undone, and changes that all of them may hold together. */
export const MAX_UNDO_STEPS = 200;
export const MAX_UNDO_CHANGES = 200_000;

/** Cells that the status bar's figures are made from; beyond it they say that they are partial. */
export const MAX_FIGURE_CELLS = 100_000;

/** Rows whose texts decide about a column's width. */
export const FIT_ROWS = 200;

/** Signs of a cell's text that are put on screen; the rest is in the editor and on the record page. */
export const MAX_SHOWN_TEXT = 500;

/** The largest view that is filled, in pixels. A host whose element grows with its content would otherwise draw without end. */
export const MAX_VIEW = 8000;
