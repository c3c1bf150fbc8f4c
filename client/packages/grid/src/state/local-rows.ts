import type { CellValue, ColumnId, Row } from "../types.ts";

/** A row that began in this grid: a draft, or saved and shown at the end until the source places it. */
export interface LocalRow {
  readonly draftId: string;
  /** The row as the database returned it; null while it is not saved. */
  saved: Row | null;
  /** An insert has been sent and not answered. */
  sent: boolean;
  /** What a row is inserted with. A column that is not here gets its default. */
  readonly values: Map<ColumnId, CellValue>;
  readonly labels: Map<ColumnId, string>;
}

/** Rows after the source's last one. */
export class LocalRows {
  #rows: LocalRow[] = [];
  #next = 1;

  get count(): number {
    return this.#rows.length;
  }

  get all(): readonly LocalRow[] {
    return this.#rows;
  }

  at(position: number): LocalRow | undefined {
    return this.#rows[position];
  }

  add(): LocalRow {
    const row: LocalRow = { draftId: `draft ${this.#next++}`, saved: null, sent: false, values: new Map(), labels: new Map() };
    this.#rows.push(row);
    return row;
  }

  find(match: (row: LocalRow) => boolean): LocalRow | undefined {
    return this.#rows.find(match);
  }

  positionOf(row: LocalRow): number {
    return this.#rows.indexOf(row);
  }

  remove(rows: ReadonlySet<LocalRow>): void {
    this.#rows = this.#rows.filter((row) => !rows.has(row));
  }

  /** Saved rows are in the source's own rows now; drafts stay, because they are nowhere else. */
  dropSaved(): void {
    this.#rows = this.#rows.filter((row) => row.saved === null);
  }

  clear(): void {
    this.#rows = [];
  }
}
