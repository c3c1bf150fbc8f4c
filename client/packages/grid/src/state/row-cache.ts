import { BLOCK_ROWS, FAR_ROWS, MAX_BLOCKS, MAX_FETCH_ROWS, MAX_LOADS } from "../limits.ts";
import type { Beside, FetchedRows, Row, RowKey } from "../types.ts";

/** Rows are compared and remembered by the text of their key. */
export function rowIdOf(key: RowKey): string {
  return JSON.stringify(key);
}

export type RowState = "loaded" | "loading" | "failed" | "absent";

interface Block {
  /** `stale` rows are shown until newer ones arrive. */
  state: "loading" | "loaded" | "stale" | "failed";
  rows: (Row | undefined)[];
  /** Blocks of one run follow each other without a gap; the rows of `COUNTED` stand exactly where they are. */
  run: number;
  seen: number;
  abort: AbortController | null;
  error: string;
}

/** The run of all blocks whose place was counted. */
const COUNTED = 0;

export interface RowCacheEvents {
  /** Rows `start` to `end - 1` may look different now. */
  readonly onRows: (start: number, end: number) => void;
  /** There are exactly `count` rows, at least, at most or about so many. */
  readonly onCount: (count: number, means: CountMeans) => void;
  /** Rows whose place is an estimate have arrived; `locate` tells better once it is known. */
  readonly onEstimate: (key: RowKey) => void;
  /** Rows that stood from `start` to `end - 1` stand `by` further down now. */
  readonly onMove: (start: number, end: number, by: number) => void;
}

export type CountMeans = "exactly" | "at least" | "at most" | "about";

export type LoadRows = (start: number, count: number, signal: AbortSignal, beside: Beside) => Promise<FetchedRows>;

/**
 * Rows by index, in blocks. What is on screen is asked for with `want`; a block that is no longer wanted before it arrives is
 * aborted, and no block is asked for twice at once.
 *
 * A block is read beside a loaded neighbour where there is one. Far down, the place of a block that has none may be an estimate:
 * it begins a *run* of its own. Where two runs meet, one that is an estimate is forgotten, so that no row shows twice and none
 * is left out.
 */
export class RowCache {
  readonly #load: LoadRows;
  readonly #events: RowCacheEvents;
  #blocks = new Map<number, Block>();
  #places = new Map<string, number>();
  #wanted: readonly number[] = [];
  #clock = 0;
  #runs = COUNTED;
  /** Rows that were written here: they may belong elsewhere in the order by now, so nothing is read beside them. */
  #written = new Set<string>();

  constructor(load: LoadRows, events: RowCacheEvents) {
    this.#load = load;
    this.#events = events;
  }

  /** Whether the place of a row is an estimate. */
  isEstimated(index: number): boolean {
    return (this.#blocks.get(blockOf(index))?.run ?? COUNTED) !== COUNTED;
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
      const previous = out.at(-1) ?? this.row(at - 1);
      const beside = previous ? { after: previous.key, estimated: this.isEstimated(start) } : {};
      const rows = known ?? (await this.#load(at, stop - at, signal, beside)).rows;
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
    this.#written.add(rowIdOf(row.key));
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
    this.#reset(kept.map(([index, row, run]) => [index - countSmaller(sorted, index), row, run]));
    this.#events.onRows(first, Infinity);
    this.#pump();
  }

  /** A row that came with an estimated place stands at `index`: it and all that joins it go there. */
  located(rowId: string, index: number, exact: boolean): void {
    const known = this.#places.get(rowId);
    const run = known === undefined ? COUNTED : this.#blocks.get(blockOf(known))!.run;
    if (known !== undefined && run !== COUNTED) this.#move(run, index - known, exact ? COUNTED : run);
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
    this.#written.clear();
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

  *#entries(): Generator<[index: number, row: Row, run: number]> {
    for (const [number, block] of this.#blocks) {
      for (const [offset, row] of block.rows.entries()) if (row) yield [number * BLOCK_ROWS + offset, row, block.run];
    }
  }

  /** Builds the blocks anew from rows that have moved; none of them is complete, so all are stale. */
  #reset(entries: readonly (readonly [index: number, row: Row, run: number])[]): void {
    for (const block of this.#blocks.values()) block.abort?.abort();
    this.#blocks = new Map();
    this.#places = new Map();
    for (const [index, row, run] of entries) {
      const number = blockOf(index);
      const block = this.#blocks.get(number) ?? emptyBlock("stale", this.#clock++);
      block.rows[index % BLOCK_ROWS] = row;
      block.run = run;
      this.#blocks.set(number, block);
      this.#places.set(rowIdOf(row.key), index);
    }
  }

  /** Moves a run, which is then `into`. Other estimates are forgotten: they may stand where it goes. */
  #move(run: number, by: number, into: number): void {
    if (by === 0) return this.#rename(run, into);
    const all = [...this.#entries()];
    const moving = all.filter(([, , other]) => other === run).map(([index, row]) => [index + by, row, into] as const);
    const places = new Set(moving.map(([index]) => blockOf(index)));
    const ids = new Set(moving.map(([, row]) => rowIdOf(row.key)));
    const staying = all.filter(([index, row, other]) => other === COUNTED && !places.has(blockOf(index)) && !ids.has(rowIdOf(row.key)));
    this.#reset([...staying, ...moving.filter(([index]) => index >= 0)]);
    const from = moving.map(([index]) => index - by);
    this.#events.onMove(Math.min(...from), Math.max(...from) + 1, by);
    this.#events.onRows(0, Infinity);
    this.#pump();
  }

  #rename(run: number, into: number): void {
    for (const block of this.#blocks.values()) if (block.run === run) block.run = into;
    this.#events.onRows(0, Infinity);
  }

  #pump(): void {
    let loading = 0;
    for (const block of this.#blocks.values()) if (block.abort) loading++;
    for (const number of this.#wanted) {
      const block = this.#blocks.get(number);
      if (block) block.seen = this.#clock++;
      const needed = !block || block.state === "stale";
      if (needed && !block?.abort && loading < MAX_LOADS && !this.#waits(number)) {
        loading++;
        this.#start(number);
      }
    }
    this.#evict();
  }

  /** Far down, a block waits for its neighbour, whose rows then tell where it begins. */
  #waits(number: number): boolean {
    return isFar(number) && [number - 1, number + 1].some((next) => this.#blocks.get(next)?.abort);
  }

  /** The row beside a block from which it can be read, and its run. Near the beginning it is as well counted from there. */
  #beside(number: number): { readonly beside: Beside; readonly run: number } | null {
    const after = this.#leadingOn(number - 1, BLOCK_ROWS - 1);
    if (after) return { beside: { after: after.key, estimated: after.run !== COUNTED }, run: after.run };
    const before = isFar(number) && this.#leadingOn(number + 1, 0);
    return before ? { beside: { before: before.key, estimated: before.run !== COUNTED }, run: before.run } : null;
  }

  /** A row at the edge of a block; of counted rows only one that is surely still there. An estimate has nothing better. */
  #leadingOn(number: number, offset: number): { readonly key: RowKey; readonly run: number } | null {
    const block = this.#blocks.get(number);
    const row = block?.rows[offset];
    if (!block || !row) return null;
    const unsure = block.state !== "loaded" || block.abort !== null || this.#written.has(rowIdOf(row.key));
    return unsure && block.run === COUNTED ? null : { key: row.key, run: block.run };
  }

  #start(number: number): void {
    const block = this.#blocks.get(number) ?? emptyBlock("loading", this.#clock++);
    const abort = new AbortController();
    block.abort = abort;
    if (block.state === "failed") block.state = "loading";
    this.#blocks.set(number, block);
    const known = this.#beside(number);
    this.#load(number * BLOCK_ROWS, BLOCK_ROWS, abort.signal, known?.beside ?? {}).then(
      (fetched) => this.#arrived(number, abort, fetched, known?.run ?? COUNTED, known?.beside.before !== undefined),
      (error: unknown) => this.#failed(number, abort, error),
    );
  }

  #arrived(number: number, abort: AbortController, { rows, place }: FetchedRows, joins: number, upwards: boolean): void {
    const block = this.#blocks.get(number);
    if (!block || block.abort !== abort) return;
    const start = number * BLOCK_ROWS;
    const missing = place === "joined" && upwards ? BLOCK_ROWS - rows.length : 0;
    for (const row of block.rows) if (row) this.#forget(rowIdOf(row.key), number);
    block.rows = [...new Array<undefined>(missing), ...rows];
    block.run = place === "joined" ? joins : place === "estimated" ? ++this.#runs : COUNTED;
    block.abort = null;
    block.state = "loaded";
    block.error = "";
    for (const [offset, row] of rows.entries()) {
      this.#written.delete(rowIdOf(row.key));
      this.#places.set(rowIdOf(row.key), start + missing + offset);
    }
    this.#part(number);
    // The first row of all was met.
    if (missing > 0) return this.#move(block.run, -(start + missing), COUNTED);
    if (block.run === COUNTED) this.#tellCount(start, rows.length);
    else if (rows.length < BLOCK_ROWS) this.#events.onCount(start + rows.length, "about");
    if (place === "estimated" && rows[0]) this.#events.onEstimate(rows[0].key);
    this.#events.onRows(start, start + BLOCK_ROWS);
    this.#pump();
  }

  #tellCount(start: number, rows: number): void {
    if (rows === BLOCK_ROWS) this.#events.onCount(start + BLOCK_ROWS, "at least");
    // An empty block says only that the end is somewhere before it.
    else this.#events.onCount(start + rows, rows > 0 || start === 0 ? "exactly" : "at most");
  }

  /** Forgets what has met a block and belongs to another run. */
  #part(number: number): void {
    const { run } = this.#blocks.get(number)!;
    for (const next of [number - 1, number + 1]) {
      const other = this.#blocks.get(next);
      if (!other || other.run === run || other.rows.length === 0) continue;
      for (const [at, block] of [...this.#blocks]) {
        if (at === next || (other.run !== COUNTED && block.run === other.run)) this.#drop(at, block);
      }
    }
  }

  #drop(number: number, block: Block): void {
    block.abort?.abort();
    for (const row of block.rows) if (row) this.#forget(rowIdOf(row.key), number);
    this.#blocks.delete(number);
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
    for (const [number, block] of idle.slice(0, this.#blocks.size - MAX_BLOCKS)) this.#drop(number, block);
  }
}

function blockOf(index: number): number {
  return Math.floor(index / BLOCK_ROWS);
}

function isFar(number: number): boolean {
  return number * BLOCK_ROWS >= FAR_ROWS;
}

function emptyBlock(state: Block["state"], seen: number): Block {
  return { state, rows: [], run: COUNTED, seen, abort: null, error: "" };
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
