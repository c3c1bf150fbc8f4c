import type { CellValue, ColumnId, EditStatus, Row } from "../types.ts";

/** What is known about a cell whose value is not (yet) what the database holds. */
export interface Mark {
  readonly state: "draft" | "pending" | "failed" | "conflict";
  /** The value that the user wants. */
  readonly value: CellValue;
  /** What was typed, where it could not be understood; `value` is then the old one. */
  readonly input?: string;
  readonly label?: string | undefined;
  readonly message: string;
  /** For a conflict: the row as the database holds it now, `null` when it is gone. */
  readonly present?: Row | null;
}

export interface MarkedCell {
  readonly rowId: string;
  readonly column: ColumnId;
  readonly mark: Mark;
}

/** Optimistic values and their fate, by row and column. */
export class Edits {
  #marks = new Map<string, Map<ColumnId, Mark>>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get(rowId: string, column: ColumnId): Mark | undefined {
    return this.#marks.get(rowId)?.get(column);
  }

  set(rowId: string, column: ColumnId, mark: Mark): void {
    const row = this.#marks.get(rowId) ?? new Map<ColumnId, Mark>();
    row.set(column, mark);
    this.#marks.set(rowId, row);
    this.#onChange();
  }

  /** Ends a mark; with `only`, just if it is still that one, because a later edit of the same cell may have replaced it. */
  drop(rowId: string, column: ColumnId, only?: Mark): void {
    const row = this.#marks.get(rowId);
    if (!row || (only && row.get(column) !== only)) return;
    row.delete(column);
    if (row.size === 0) this.#marks.delete(rowId);
    this.#onChange();
  }

  dropRow(rowId: string): void {
    if (this.#marks.delete(rowId)) this.#onChange();
  }

  /** A row got another key, for example because its primary key was edited or because it was inserted at last. */
  rename(rowId: string, to: string): void {
    const row = this.#marks.get(rowId);
    if (!row || rowId === to) return;
    this.#marks.delete(rowId);
    this.#marks.set(to, row);
  }

  *cells(): Generator<MarkedCell> {
    for (const [rowId, row] of this.#marks) {
      for (const [column, mark] of row) yield { rowId, column, mark };
    }
  }

  status(): EditStatus {
    const count = { drafts: 0, pending: 0, failed: 0, conflicts: 0 };
    for (const { mark } of this.cells()) {
      if (mark.state === "draft") count.drafts++;
      if (mark.state === "pending") count.pending++;
      if (mark.state === "failed") count.failed++;
      if (mark.state === "conflict") count.conflicts++;
    }
    return count;
  }
}
