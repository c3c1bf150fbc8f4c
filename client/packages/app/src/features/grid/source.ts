/** The table behind a grid: rows by block, counts that become exact, and edits in one transaction. */

import { errorCodes, RpcFailure, type RecordsListParams, type RowKey as ServerKey } from "@mathesar/api";
import type { ApplyOutcome, Change, GridSource, Row, RowCount, SourceEvent } from "@mathesar/grid";
import { call } from "$/data/client";
import { gridFailure, readFailure, RowShape, serverChange } from "./rows";

export interface TableAddress {
  readonly database_id: number;
  readonly table_oid: number;
}

export type RowSelection = Pick<RecordsListParams, "filter" | "order">;

export class TableSource implements GridSource {
  readonly #address: TableAddress;
  readonly #shape: RowShape;
  #selection: RowSelection;
  readonly #listeners = new Set<(event: SourceEvent) => void>();
  /** The key of the row before an index, from which the next block is read in constant time. */
  readonly #keyBefore = new Map<number, ServerKey>();
  #exact: number | null = null;
  #counting: AbortController | null = null;

  constructor(address: TableAddress, attnums: readonly number[], selection: RowSelection) {
    this.#address = address;
    this.#shape = new RowShape(attnums);
    this.#selection = selection;
  }

  /** Other rows, or another order: what was known about places no longer holds. */
  select(selection: RowSelection): void {
    this.#selection = selection;
    this.forget();
  }

  /** Forgets what may have changed; the grid asks again. */
  forget(): void {
    this.#keyBefore.clear();
    this.#exact = null;
    this.#counting?.abort();
  }

  subscribe(listener: (event: SourceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A quick count at once; where it is not exact, the exact one follows by itself. */
  async rowCount(signal: AbortSignal): Promise<RowCount | null> {
    if (this.#exact !== null) return { value: this.#exact, exact: true };
    const { filter } = this.#selection;
    const quick = await call(
      "records.count",
      { ...this.#address, ...(filter ? { filter } : {}), count: "capped" },
      signal,
    );
    if (!quick.exact) void this.#countExactly();
    return { value: quick.count, exact: quick.exact };
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
      this.#exact = exact.count;
      this.#tell({ type: "count", count: { value: exact.count, exact: true } });
    } catch {
      // The estimate stays, and says that it is one. A count that is too slow is no failure of the page.
    }
  }

  async fetchRows(start: number, count: number, signal: AbortSignal): Promise<readonly Row[]> {
    const after = this.#keyBefore.get(start);
    if (!after) return this.#readRows(start, count, { offset: start }, signal);
    try {
      return await this.#readRows(start, count, { after }, signal);
    } catch (error) {
      // Somebody deleted the row before; the block's place is then found by counting.
      if (!(error instanceof RpcFailure) || error.code !== errorCodes.rowConflict) throw error;
      this.#keyBefore.delete(start);
      return this.#readRows(start, count, { offset: start }, signal);
    }
  }

  async #readRows(
    start: number,
    count: number,
    from: Pick<RecordsListParams, "after" | "offset">,
    signal: AbortSignal,
  ): Promise<readonly Row[]> {
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
      },
      signal,
    );
    const lastKey = page.keys?.at(-1);
    if (lastKey && page.results.length === count) this.#keyBefore.set(start + count, lastKey);
    return page.results.map((row, index) =>
      // Rows without an identity are told apart by their place; they cannot be written anyway.
      this.#shape.row(page.keys?.[index] ?? { place: start + index }, row, page.linked_record_summaries),
    );
  }

  async apply(changes: readonly Change[], signal: AbortSignal): Promise<ApplyOutcome> {
    this.#keyBefore.clear();
    if (changes.some((change) => change.op !== "update")) this.#exact = null;
    try {
      const done = await call("records.apply", { ...this.#address, changes: changes.map(serverChange) }, signal);
      const rows = done.results.map(({ key, row }, index) =>
        changes[index]?.op === "delete" || !key || !row
          ? null
          : this.#shape.row(key, row, done.linked_record_summaries),
      );
      return { applied: true, rows };
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      return this.#refusal(error, changes);
    }
  }

  #refusal(error: RpcFailure, changes: readonly Change[]): ApplyOutcome {
    const failure = readFailure(error.data);
    if (failure) return { applied: false, failures: [gridFailure(failure, error.message, changes, this.#shape)] };
    return {
      applied: false,
      failures: changes.map((_, index) => ({ index, kind: "error", message: error.message })),
    };
  }

  #tell(event: SourceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
