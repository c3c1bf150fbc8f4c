import { BLOCK_ROWS, MAX_BLOCKS, MAX_FETCH_ROWS, MAX_LOADS } from "../limits.ts";
import type { Row, RowKey } from "../types.ts";

/** Rows are compared and remembered by the text of their key. */
export function rowIdOf(key: RowKey): string {
  return JSON.stringify(key);
}

export type RowState = "loaded" | "loading" | "failed" | "absent";

interface Block {
  /** `stale` rows are shown until newer ones arrive. */
  state: "loading" | "loaded" | "stale" | "failed";
  rows: (Row | undefined)[];
  seen: number;
  abort: AbortController | null;
  error: string;
}

export interface RowCacheEvents {
  /** Rows `start` to `end - 1` may look different now. */
  readonly onRows: (start: number, end: number) => void;
  /** There are exactly `count` rows, at least or at most so many. */
  readonly onCount: (count: number, means: CountMeans) => void;
}

export type CountMeans = "exactly" | "at least" | "at most";

export type LoadRows = (start: number, count: number, signal: AbortSignal) => Promise<readonly Row[]>;

/**
 * Rows by index, in blocks. What is on screen is asked for with `want`; a block that is no longer wanted before it arrives is
 * aborted, and no block is asked for twice at once.
 */
export class RowCache {
  readonly #load: LoadRows;
  readonly #events: RowCacheEvents;
  #blocks = new Map<number, Block>();
  #places = new Map<string, number>();
  #wanted: readonly number[] = [];
  #clock = 0;

  constructor(load: LoadRows, events: RowCacheEvents) {
    this.#load = load;
    this.#events = events;
  }

  row(index: number): Row | undefined {
    return this.#blocks.get(blockOf(index))?.rows[index % BLOCK_ROWS];
  }

  /** One more than the index of the last row that is loaded. */
  get end(): number {
    let end = 0;
    for (const index of this.#places.values()) end = Math.max(end, index + 1);
    return end;
  }

  /** Where a row stands, if it is loaded. */
  indexOf(rowId: string): number | undefined {
    return this.#places.get(rowId);
  }

  stateOf(index: number): RowState {
    const block = this.#blocks.get(blockOf(index));
    if (!block) return "absent";
    if (block.rows[index % BLOCK_ROWS]) return "loaded";
    return block.state === "failed" ? "failed" : block.state === "loaded" ? "absent" : "loading";
  }

  errorAt(index: number): string {
    return this.#blocks.get(blockOf(index))?.error ?? "";
  }

  /** Says which rows are on screen. Blocks that are neither there nor wanted for a copy are given up. */
  want(start: number, end: number): void {
    const wanted: number[] = [];
    for (let block = blockOf(start); end > start && block <= blockOf(end - 1); block++) wanted.push(block);
    this.#wanted = wanted;
    for (const [index, block] of this.#blocks) {
      if (block.abort && !wanted.includes(index)) this.#abandon(index, block);
    }
    this.#pump();
  }

  retry(index: number): void {
    const number = blockOf(index);
    if (this.#blocks.get(number)?.state === "failed") this.#start(number);
  }

  /** Every row from `start` to `end - 1`, from memory or fetched; for copying what is not loaded. Rejects if a part fails. */
  async rowsBetween(start: number, end: number, signal: AbortSignal): Promise<Row[]> {
    const out: Row[] = [];
    for (let at = start; at < end; ) {
      const stop = this.#sameStateUntil(at, Math.min(end, at + MAX_FETCH_ROWS));
      const known = this.#loadedBetween(at, stop);
      const rows = known ?? (await this.#load(at, stop - at, signal));
      signal.throwIfAborted();
      out.push(...rows);
      if (rows.length < stop - at) break;
      at = stop;
    }
    return out;
  }

  #sameStateUntil(start: number, end: number): number {
    const loaded = this.row(start) !== undefined;
    let at = start + 1;
    while (at < end && (this.row(at) !== undefined) === loaded) at++;
    return at;
  }

  /** Puts a new version of a row in the place of the one known as `rowId`; false if that one is not loaded. */
  replace(rowId: string, row: Row): boolean {
    const index = this.#places.get(rowId);
    if (index === undefined) return false;
    this.#blocks.get(blockOf(index))!.rows[index % BLOCK_ROWS] = row;
    this.#places.delete(rowId);
    this.#places.set(rowIdOf(row.key), index);
    this.#events.onRows(index, index + 1);
    return true;
  }

  /** Takes rows out; those after them move up, and what was not loaded is fetched when it is needed. */
  remove(rowIds: readonly string[]): void {
    const gone = new Set(rowIds.map((id) => this.#places.get(id)).filter((index) => index !== undefined));
    if (gone.size === 0) return;
    const sorted = [...gone].sort((a, b) => a - b);
    const kept = [...this.#entries()].filter(([index]) => !gone.has(index));
    const first = sorted[0]!;
    this.#reset(kept.map(([index, row]) => [index - countSmaller(sorted, index), row]));
    this.#events.onRows(first, Infinity);
    this.#pump();
  }

  /** Everything may have changed: rows stay visible and are read again when wanted. */
  markStale(): void {
    for (const [index, block] of this.#blocks) {
      if (block.abort) this.#abandon(index, block);
      else block.state = "stale";
    }
    this.#pump();
  }

  /** Answers that are under way may have been read before a write; they are asked for again. */
  restartLoads(): void {
    for (const [index, block] of this.#blocks) if (block.abort) this.#abandon(index, block);
    this.#pump();
  }

  clear(): void {
    for (const block of this.#blocks.values()) block.abort?.abort();
    this.#blocks.clear();
    this.#places.clear();
    this.#events.onRows(0, Infinity);
    this.#pump();
  }

  destroy(): void {
    this.#wanted = [];
    for (const block of this.#blocks.values()) block.abort?.abort();
  }

  #loadedBetween(start: number, end: number): Row[] | null {
    const rows: Row[] = [];
    for (let index = start; index < end; index++) {
      const row = this.row(index);
      if (!row) return null;
      rows.push(row);
    }
    return rows;
  }

  *#entries(): Generator<[number, Row]> {
    for (const [number, block] of this.#blocks) {
      for (const [offset, row] of block.rows.entries()) if (row) yield [number * BLOCK_ROWS + offset, row];
    }
  }

  /** Builds the blocks anew from rows that have moved; none of them is complete, so all are stale. */
  #reset(entries: readonly (readonly [number, Row])[]): void {
    for (const block of this.#blocks.values()) block.abort?.abort();
    this.#blocks = new Map();
    this.#places = new Map();
    for (const [index, row] of entries) {
      const number = blockOf(index);
      const block = this.#blocks.get(number) ?? emptyBlock("stale", this.#clock++);
      block.rows[index % BLOCK_ROWS] = row;
      this.#blocks.set(number, block);
      this.#places.set(rowIdOf(row.key), index);
    }
  }

  #pump(): void {
    let loading = 0;
    for (const block of this.#blocks.values()) if (block.abort) loading++;
    for (const number of this.#wanted) {
      const block = this.#blocks.get(number);
      if (block) block.seen = this.#clock++;
      const needed = !block || block.state === "stale";
      if (needed && !block?.abort && loading < MAX_LOADS) {
        loading++;
        this.#start(number);
      }
    }
    this.#evict();
  }

  #start(number: number): void {
    const block = this.#blocks.get(number) ?? emptyBlock("loading", this.#clock++);
    const abort = new AbortController();
    block.abort = abort;
    if (block.state === "failed") block.state = "loading";
    this.#blocks.set(number, block);
    this.#load(number * BLOCK_ROWS, BLOCK_ROWS, abort.signal).then(
      (rows) => this.#arrived(number, abort, rows),
      (error: unknown) => this.#failed(number, abort, error),
    );
  }

  #arrived(number: number, abort: AbortController, rows: readonly Row[]): void {
    const block = this.#blocks.get(number);
    if (!block || block.abort !== abort) return;
    for (const row of block.rows) if (row) this.#forget(rowIdOf(row.key), number);
    block.rows = [...rows];
    block.abort = null;
    block.state = "loaded";
    block.error = "";
    const start = number * BLOCK_ROWS;
    for (const [offset, row] of rows.entries()) this.#places.set(rowIdOf(row.key), start + offset);
    if (rows.length === BLOCK_ROWS) this.#events.onCount(start + BLOCK_ROWS, "at least");
    // An empty block says only that the end is somewhere before it.
    else this.#events.onCount(start + rows.length, rows.length > 0 || start === 0 ? "exactly" : "at most");
    this.#events.onRows(start, start + BLOCK_ROWS);
    this.#pump();
  }

  #failed(number: number, abort: AbortController, error: unknown): void {
    const block = this.#blocks.get(number);
    if (!block || block.abort !== abort) return;
    block.abort = null;
    block.state = "failed";
    block.error = error instanceof Error ? error.message : String(error);
    const start = number * BLOCK_ROWS;
    this.#events.onRows(start, start + BLOCK_ROWS);
    this.#pump();
  }

  #abandon(number: number, block: Block): void {
    block.abort?.abort();
    block.abort = null;
    if (block.rows.length === 0) this.#blocks.delete(number);
    else block.state = "stale";
  }

  #forget(rowId: string, number: number): void {
    const index = this.#places.get(rowId);
    if (index !== undefined && blockOf(index) === number) this.#places.delete(rowId);
  }

  #evict(): void {
    if (this.#blocks.size <= MAX_BLOCKS) return;
    const idle = [...this.#blocks].filter(([number, block]) => !block.abort && !this.#wanted.includes(number));
    idle.sort(([, a], [, b]) => a.seen - b.seen);
    for (const [number, block] of idle.slice(0, this.#blocks.size - MAX_BLOCKS)) {
      for (const row of block.rows) if (row) this.#forget(rowIdOf(row.key), number);
      this.#blocks.delete(number);
    }
  }
}

function blockOf(index: number): number {
  return Math.floor(index / BLOCK_ROWS);
}

function emptyBlock(state: Block["state"], seen: number): Block {
  return { state, rows: [], seen, abort: null, error: "" };
}

function countSmaller(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
