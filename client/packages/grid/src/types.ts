/**
 * The words that the grid and its host share: values, columns, the data source and the callbacks.
 *
 * Every value is exact text (or a boolean, or NULL), because a JavaScript number cannot hold an `int8` or a `numeric`.
 */

import type { GridMessages } from "./messages.ts";
import type { History } from "./state/history.ts";

/** What one cell holds: exact text in PostgreSQL's or ISO 8601 form, a boolean, or NULL. */
export type CellValue = string | boolean | null;

/** Any JSON; used where the grid only hands something back to the host. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The host's name for a row. The grid compares keys by their JSON text and never looks inside. */
export type RowKey = Json;

/** PostgreSQL's attribute number of a column. */
export type ColumnId = number;

/** One row as the source gives it. */
export interface Row {
  readonly key: RowKey;
  /** One value for each column, found by `Column.slot`. What a row that was written lacks at the end stays as it was. */
  readonly values: readonly CellValue[];
  /** The label of the linked record, by `Column.slot`; a link without a label shows its value. */
  readonly labels?: Readonly<Record<number, string>>;
}

export type KindId =
  | "text" | "number" | "boolean" | "date" | "time" | "timestamp" | "timestamptz" | "interval" | "money"
  | "email" | "uri" | "uuid" | "json" | "array" | "enum" | "bytes" | "link" | "file" | "records" | "user" | "other";

/** How values are shown. Everything has a default, taken from the locale. */
export interface DisplayFormat {
  /** Group digits by thousands. Default: `true` for numbers, `false` for keys and links. */
  readonly grouping?: boolean;
  /** Fewest and most digits after the decimal sign; without them, exactly the digits that PostgreSQL sent. */
  readonly minFraction?: number;
  readonly maxFraction?: number;
  /** Order of day, month and year. Default: `locale`. */
  readonly dateStyle?: "locale" | "iso" | "us" | "eu" | "friendly";
  readonly hour12?: boolean;
  readonly currency?: string;
  readonly currencyPosition?: "start" | "end";
  /** A checkbox or words for booleans. Default: `checkbox`. */
  readonly booleanStyle?: "checkbox" | "words";
  readonly trueLabel?: string;
  readonly falseLabel?: string;
}

export interface Column {
  readonly id: ColumnId;
  /** Where this column's value stands in `Row.values`. It does not change when columns are moved or hidden. */
  readonly slot: number;
  readonly name: string;
  readonly kind: KindId;
  /** PostgreSQL's name of the type, shown as a hint, for example `numeric(10,2)`. */
  readonly typeName: string;
  /** True for a domain over text, `varchar`, `char` and `text`: an empty string is a value of this type. */
  readonly acceptsEmpty?: boolean;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  readonly primaryKey?: boolean;
  /** Generated columns and GENERATED ALWAYS identities are never written, not even when a row is restored. */
  readonly generated?: boolean;
  readonly readonly?: boolean;
  /** A read-only column that a new row takes a value in, for example where only INSERT is granted. */
  readonly insertable?: boolean;
  /** Which grant, policy or property of the column makes it read-only, in the user's language. */
  readonly readonlyReason?: string;
  readonly enumValues?: readonly string[];
  /** What a user column's values are called; no two alike. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** The `n` of `varchar(n)` and `char(n)`. */
  readonly maxLength?: number;
  /** Inclusive bounds as exact digits, for example of `smallint`. */
  readonly min?: string;
  readonly max?: string;
  /** True when only whole numbers are values of this type. */
  readonly integer?: boolean;
  /** Kind of the items of an array. */
  readonly itemKind?: KindId;
  readonly format?: DisplayFormat;
  /** Width in CSS pixels. */
  readonly width?: number;
  readonly hidden?: boolean;
  readonly sort?: "ascending" | "descending";
  /** What the host needs to know to open or choose a linked record; opaque to the grid. */
  readonly link?: Json;
  /** Address below which files of cells are, with a slash at its end. */
  readonly files?: string;
}

export interface RowCount {
  readonly value: number;
  /** False for an estimate or a capped count; the grid then says ≈ and corrects itself where it meets the end. */
  readonly exact: boolean;
}

/** Values by column, for writing and for comparing with what was last read. */
export type CellSet = Readonly<Record<ColumnId, CellValue>>;

export type Change =
  | { readonly op: "update"; readonly key: RowKey; readonly set: CellSet; readonly expect: CellSet }
  | { readonly op: "insert"; readonly set: CellSet }
  | { readonly op: "delete"; readonly key: RowKey; readonly expect: CellSet };

export interface ChangeFailure {
  /** Position in the array given to `apply`. */
  readonly index: number;
  readonly kind: "error" | "conflict";
  readonly message: string;
  /** The column at fault, if PostgreSQL named one. */
  readonly column?: ColumnId;
  /** For a conflict, the row as it is now; `null` when it is gone or not visible any more. */
  readonly present?: Row | null;
}

/** All changes of one `apply` happen, or none does. */
export type ApplyOutcome =
  /** The row after each change, in the order of the changes; `null` after a delete. */
  | { readonly applied: true; readonly rows: readonly (Row | null)[] }
  | { readonly applied: false; readonly failures: readonly ChangeFailure[] };

export type SourceEvent =
  /** These rows have new values; rows that are not loaded are ignored. */
  | { readonly type: "rows"; readonly rows: readonly Row[] }
  /** A better count has arrived; nothing is read again. */
  | { readonly type: "count"; readonly count: RowCount }
  /** Anything may have changed: what is on screen is read again and stays visible meanwhile. */
  | { readonly type: "stale" };

/** Rows around those that are asked for, as far as they are loaded: what is read beside one of them joins it without a gap. */
export interface Beside {
  /** The key of the row before the first one. */
  readonly after?: RowKey;
  /** The key of the row after the last one. */
  readonly before?: RowKey;
  /** Whether those rows stand only about where they are shown, so that an order of a while ago will do as well. */
  readonly estimated?: boolean;
}

export interface FetchedRows {
  readonly rows: readonly Row[];
  /**
   * Without it the rows stand exactly where they were asked for. `joined`: they follow one of the rows beside them; fewer than
   * were asked for mean that the first or the last row of all was met. `estimated`: they stand about there.
   */
  readonly place?: "joined" | "estimated";
}

/** Where a row stands. */
export interface RowPlace {
  readonly index: number;
  readonly exact: boolean;
}

/** The host's side of the data. A rejected promise must carry an `Error` whose message can be shown to the user. */
export interface GridSource {
  /** Called at the start and after `stale`; the first rows are fetched without waiting for it. `null` means unknown. */
  rowCount(signal: AbortSignal): Promise<RowCount | null>;
  /**
   * Rows `start` to `start + count - 1` in display order; fewer than `count` means that the end was met. `count` is at most
   * `MAX_FETCH_ROWS` (1000), usually `BLOCK_ROWS` (150).
   */
  fetchRows(start: number, count: number, signal: AbortSignal, beside: Beside): Promise<FetchedRows>;
  /** Where a row stands that came with an estimated place; it may take long, and `null` means that nobody knows. */
  locate?(key: RowKey, signal: AbortSignal): Promise<RowPlace | null>;
  /**
   * One transaction for the whole array. Rejects only when the outcome is unknown, for example without a network. It goes on
   * when the grid is left: what was typed must not be lost.
   */
  apply(changes: readonly Change[]): Promise<ApplyOutcome>;
  /** Returns the function that ends the subscription. */
  subscribe?(listener: (event: SourceEvent) => void): () => void;
}

/** Permission to do something; `reason` says which grant or policy is missing. */
export interface Right {
  readonly allowed: boolean;
  readonly reason?: string;
}

/** A cell where it stands now, with what it holds. `key` is null in a row that is not saved or not loaded. */
export interface CellPlace {
  readonly row: number;
  readonly column: Column;
  readonly key: RowKey | null;
  readonly value: CellValue;
}

export interface SelectionSummary {
  readonly active: CellPlace | null;
  /** Selected rows as half-open index ranges. */
  readonly rows: readonly (readonly [start: number, end: number])[];
  /** Columns that the selection touches, in display order. */
  readonly columns: readonly ColumnId[];
  readonly cellCount: number;
  /** Of the loaded part: values that are not NULL, and numbers among them, as exact digits. */
  readonly filled: number;
  readonly numbers: number;
  readonly sum: string | null;
  readonly average: string | null;
  readonly min: string | null;
  readonly max: string | null;
  /** True when the figures leave out rows that are not loaded. */
  readonly partial: boolean;
}

/** Cells whose value the database does not hold (yet). */
export interface EditStatus {
  /** In new rows that lack what PostgreSQL needs, or that are inserted when they are left. */
  readonly drafts: number;
  /** Sent and not answered. */
  readonly pending: number;
  readonly failed: number;
  readonly conflicts: number;
}

/** An edit that PostgreSQL did not take; it stays visible until it is resolved or given up. */
export interface FailedEdit {
  readonly rowId: string;
  readonly key: RowKey | null;
  readonly column: Column;
  readonly mine: CellValue;
  readonly state: "failed" | "conflict";
  readonly message: string;
  /** For a conflict: the value that the database holds now; absent when the row is gone. */
  readonly theirs?: CellValue;
}

export interface HostEditRequest extends CellPlace {
  /** The cell's rectangle in viewport coordinates, to place the record picker at. */
  readonly anchor: DOMRect;
  /** The text that opened the editor, if it was opened by typing. */
  readonly typed: string;
}

/** What the picker chose; `null` when the user gave up. */
export type HostChoice = { readonly value: CellValue; readonly label?: string } | null;

export interface GridCallbacks {
  onSelectionChange?(summary: SelectionSummary): void;
  onStatusChange?(status: EditStatus): void;
  onRowCountChange?(count: RowCount | null): void;
  onColumnMenu?(column: Column, anchor: DOMRect): void;
  onContextMenu?(place: CellPlace | null, point: { readonly x: number; readonly y: number }): void;
  onColumnResize?(id: ColumnId, width: number): void;
  /** All visible columns in their new order. */
  onColumnReorder?(order: readonly ColumnId[]): void;
  onOpenRecord?(key: RowKey, row: number): void;
  /** Follow the link of a linked-record cell. */
  onOpenLink?(place: CellPlace): void;
  onHostEdit?(request: HostEditRequest): Promise<HostChoice>;
  /** Cells whose edit failed, when the user asks about one. */
  onFailure?(failure: FailedEdit, anchor: DOMRect): void;
  /** Something to tell in passing, for example as a toast. */
  onNotice?(notice: { readonly level: "info" | "error"; readonly message: string }): void;
  /** The newest step of the history is another table's; the host shows that table and runs the action there. */
  onHistoryElsewhere?(place: string, action: "undo" | "redo"): void;
  /** Keys that the grid leaves to the host: find, replace and help. */
  onHostAction?(action: "find" | "replace" | "help"): void;
}

export interface GridOptions {
  readonly columns: readonly Column[];
  readonly source: GridSource;
  readonly messages: GridMessages;
  /** BCP 47 tag for numbers and dates. */
  readonly locale: string;
  /** IANA name of the zone in which `timestamptz` is shown. */
  readonly timeZone: string;
  readonly dir?: "ltr" | "rtl";
  readonly rowHeight?: number;
  /** How many of the first visible columns stay in place when scrolling sideways. */
  readonly frozenColumns?: number;
  readonly insert: Right;
  readonly delete: Right;
  readonly update: Right;
  readonly callbacks?: GridCallbacks;
  /** Where edits are remembered, so that they can be undone when the grid is gone; without it, in the grid alone. */
  readonly history?: History;
  /** Today's date and the current time, so that tests can set them. */
  readonly now?: () => Date;
}
