/** The public face of the grid. Everything else in this package may change without notice. */

export type { Grid, LiveOptions } from "./api.ts";
export { createGrid } from "./grid.ts";
export { actionIds, gridActions, keyCaps } from "./actions.ts";
export type { ActionGroup, ActionId } from "./actions.ts";
export { fileIn, isPicture, type CellFile } from "./kernels/file-text.ts";
export { hasUnseenSigns, nameParts, type NamePart } from "./kernels/name-parts.ts";
export type { GridMessages } from "./messages.ts";
export { EditLog, type History } from "./state/history.ts";
export type * from "./types.ts";
