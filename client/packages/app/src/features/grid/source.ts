/** The table behind a grid: rows by block, counts that become exact, and edits in one transaction. */

import { errorCodes, RpcFailure, type JoinedColumn, type RecordsListParams } from "@mathesar/api";
import type {
  ApplyOutcome,
  Beside,
  Change,
  FetchedRows,
  GridSource,
  RowCount,
  RowKey,
  RowPlace,
  SourceEvent,
} from "@mathesar/grid";
import { call } from "$/data/client";
import { errorLine } from "$/errors/words";
import { gridFailure, readFailure, RowShape, serverChange, serverKey } from "./rows";

export interface TableAddress {
  readonly database_id: number;
  readonly table_oid: number;
}

export type RowSelection = Pick<RecordsListParams, "filter" | "order">;

/** Where a row stands is asked again, while the server finds that out for somebody else. Milliseconds, and how often. */
const LOCATE_PAUSE = 2000;
const LOCATE_TRIES = 30;

export class TableSource implements GridSource {
  readonly #address: TableAddress;
  #shape: RowShape;
  #selection: RowSelection;
  #joined: readonly JoinedColumn[] = [];
  readonly #listeners = new Set<(event: SourceEvent) => void>();
  #count: RowCount | null = null;
  #passing = 0;
  #counting: AbortController | null = null;

  constructor(address: TableAddress, attnums: readonly number[], selection: RowSelection) {
    this.#address = address;
    this.#shape = new RowShape(attnums);
    this.#selection = selection;
  }

  /** Other rows, another order, or other records beside them. */
  select(selection: RowSelection, joined: readonly JoinedColumn[]): void {
    this.#selection = selection;
    this.#joined = joined;
    this.#shape = new RowShape(
      this.#shape.attnums,
      joined.map(({ alias }) => alias),
    );
    this.forget();
  }

  /** Forgets what may have changed; the grid asks again. */
  forget(): void {
    this.#count = null;
    this.#counting?.abort();
  }

  subscribe(listener: (event: SourceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A quick count at once; where it is not exact, the exact one follows by itself. */
  async rowCount(signal: AbortSignal): Promise<RowCount | null> {
    if (this.#count?.exact) return this.#count;
    const { filter } = this.#selection;
    const quick = await call(
      "records.count",
      { ...this.#address, ...(filter ? { filter } : {}), count: "capped" },
      signal,
    );
    if (!quick.exact) void this.#countExactly();
    this.#count = { value: quick.count, exact: quick.exact };
    return this.#count;
  }

  async #countExactly(): Promise<void> {
    this.#counting?.abort();
    const counting = new AbortController();
    this.#counting = counting;
    const { filter } = this.#selection;
    try {
      const exact = await call(
        "records.count",
        { ...this.#address, ...(filter ? { filter } : {}), count: "exact" },
        counting.signal,
      );
      this.#count = { value: exact.count, exact: true };
      this.#tell({ type: "count", count: this.#count });
    } catch {
      // The estimate stays, and says that it is one. A count that is too slow is no failure of the page.
    }
  }

  async fetchRows(start: number, count: number, signal: AbortSignal, beside: Beside): Promise<FetchedRows> {
    const { after, before, estimated = false } = beside;
    const from = isNamed(after) ? { after: serverKey(after) } : isNamed(before) ? { before: serverKey(before) } : null;
    if (from) {
      try {
        const { rows } = await this.#readRows(start, count, { ...from, ...(estimated ? this.#about() : {}) }, signal);
        return { rows, place: "joined" };
      } catch (error) {
        // Somebody deleted the row beside; the block's place is then found by counting.
        if (!(error instanceof RpcFailure) || error.code !== errorCodes.rowConflict) throw error;
      }
    }
    const { rows, place } = await this.#readRows(start, count, { offset: start, ...this.#about() }, signal);
    return place?.exact === false ? { rows, place: "estimated" } : { rows };
  }

  /** Lets the server answer with rows that stand about where they were asked for. */
  #about(): Pick<RecordsListParams, "approximate_count"> {
    return this.#count ? { approximate_count: this.#count.value } : {};
  }

  async locate(key: RowKey, signal: AbortSignal): Promise<RowPlace | null> {
    for (let tries = 0; tries < LOCATE_TRIES; tries++) {
      const place = await call("records.locate", { ...this.#address, ...this.#selection, key: serverKey(key) }, signal);
      if (place) return { index: place.offset, exact: place.exact };
      await pause(LOCATE_PAUSE, signal);
    }
    return null;
  }

  async #readRows(
    start: number,
    count: number,
    from: Pick<RecordsListParams, "after" | "before" | "offset" | "approximate_count">,
    signal: AbortSignal,
  ) {
    const page = await call(
      "records.list",
      {
        ...this.#address,
        ...this.#selection,
        limit: count,
        ...from,
        count: "none",
        values: "text",
        keys: true,
        return_record_summaries: false,
        ...(this.#joined.length > 0 ? { joined_columns: [...this.#joined] } : {}),
      },
      signal,
    );
    const { linked_record_summaries: names, joined_record_summaries: linked } = page;
    const rows = page.results.map((row, index) =>
      this.#shape.row(page.keys?.[index] ?? nameless(start + index), row, names, linked),
    );
    return { rows, place: page.place };
  }

  async apply(changes: readonly Change[]): Promise<ApplyOutcome> {
    if (changes.some((change) => change.op !== "update")) this.#count &&= { ...this.#count, exact: false };
    try {
      const done = await call("records.apply", { ...this.#address, changes: changes.map(serverChange) });
      const rows = done.results.map(({ key, row }, index) =>
        changes[index]?.op === "delete" || !row
          ? null
          : this.#shape.row(key ?? this.#passingKey(), row, done.linked_record_summaries),
      );
      return { applied: true, rows };
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      return this.#refusal(error, changes);
    }
  }

  /** A new row without an identity cannot be written again; it is only told apart from others on screen. */
  #passingKey(): RowKey {
    this.#passing += 1;
    return { new: this.#passing };
  }

  #refusal(error: RpcFailure, changes: readonly Change[]): ApplyOutcome {
    const failure = readFailure(error.data);
    if (failure) return { applied: false, failures: [gridFailure(failure, errorLine(error), changes, this.#shape)] };
    return {
      applied: false,
      failures: changes.map((_, index) => ({ index, kind: "error", message: errorLine(error) })),
    };
  }

  #tell(event: SourceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Rows without an identity are told apart by their place; they cannot be written anyway. */
function nameless(place: number): RowKey {
  return { place };
}

/** Whether the server knows a row by this key. */
function isNamed(key: RowKey | undefined): key is RowKey {
  return typeof key === "object" && key !== null && !("place" in key);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
