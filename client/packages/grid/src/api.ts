/** The grid as its host sees it. `createGrid` in `grid.ts` makes one. */

import type { ActionId } from "./actions.ts";
import type {
  CellPlace, CellSet, Column, ColumnId, EditStatus, FailedEdit, GridOptions, Row, RowCount, SelectionSummary,
} from "./types.ts";

/** Options that can change while the grid is open. */
export type LiveOptions = Partial<
  Pick<GridOptions, "locale" | "timeZone" | "dir" | "messages" | "rowHeight" | "frozenColumns" | "insert" | "delete" | "update">
>;

export interface Grid {
  /** Replaces the columns. Values that are loaded stay if no column's `slot` changed; call `refresh` otherwise. */
  setColumns(columns: readonly Column[]): void;
  setOptions(options: LiveOptions): void;
  /** Reads again what is on screen. With `reset` it forgets everything first: for a new filter, sort or table. */
  refresh(how?: { readonly reset?: boolean }): void;

  focus(): void;
  /** Runs an action of the table `gridActions`; false when it does not apply now. */
  run(action: ActionId): boolean;
  /** Selects one cell and scrolls to it. */
  select(row: number, column: ColumnId): void;
  scrollTo(row: number, column?: ColumnId): void;

  selection(): SelectionSummary;
  activeCell(): CellPlace | null;
  /** The row at an index, if it is loaded. */
  rowAt(index: number): Row | undefined;
  rowCount(): RowCount | null;

  /** Opens the line for a new row, filled with these values; without them it is empty. */
  insertRow(values?: CellSet): void;
  duplicateRows(): Promise<void>;
  deleteRows(): Promise<void>;
  /** Writes one cell as if the user had typed it, with mark and undo. For inspectors and record forms. */
  setCell(row: number, column: ColumnId, value: CellSet[ColumnId], label?: string): Promise<void>;

  /** Takes what is being typed, as a click elsewhere does, and sends the drafts that only waited to be left. */
  commit(): void;
  status(): EditStatus;
  failures(): readonly FailedEdit[];
  /** Why edits are not saved, in words; drafts say what they wait for. */
  reasons(): readonly string[];
  /** Sends failed edits once more. */
  retryFailed(): Promise<void>;
  /** Gives failed edits up and shows what the database holds. */
  discardFailed(): void;
  /** Ends a conflict: `theirs` gives the own edit up, `mine` writes it over the present value. */
  resolve(failure: FailedEdit, choice: "theirs" | "mine"): Promise<void>;

  destroy(): void;
}
