import type { CellValue, Column, Right, Row, RowCount } from "../types.ts";
import { BLOCK_ROWS } from "../limits.ts";
import type { Edits, Mark } from "./edits.ts";
import { LocalRows, type LocalRow } from "./local-rows.ts";
import { rowIdOf, type CountMeans, type RowCache, type RowState } from "./row-cache.ts";

/** One line of the grid. */
export type Line =
  | { readonly kind: "source"; readonly id: string | null; readonly row: Row | undefined; readonly state: RowState }
  | { readonly kind: "local"; readonly id: string; readonly row: Row | null; readonly local: LocalRow }
  | { readonly kind: "new" };

/** A line that is no row of the database yet. */
export function isDraft(line: Line): boolean {
  return line.kind === "new" || (line.kind === "local" && line.local.saved === null);
}

/** A row that is to be written: `row` is what was last read of it, `null` for a draft. */
export interface Target {
  readonly id: string;
  readonly row: Row | null;
  readonly local: LocalRow | null;
}

/** All lines in order: the source's rows, then rows that began here, then the line that makes a new row. */
export class Table {
  readonly locals = new LocalRows();
  /** Rows whose deletion has been sent. */
  readonly deleting = new Set<string>();
  #count: RowCount | null = null;
  #aliases = new Map<string, string>();
  readonly #cache: RowCache;
  readonly #edits: Edits;
  readonly #insert: () => Right;

  constructor(cache: RowCache, edits: Edits, insert: () => Right) {
    this.#cache = cache;
    this.#edits = edits;
    this.#insert = insert;
  }

  get count(): RowCount | null {
    return this.#count;
  }

  /** All rows that the database is known to hold, with those that were inserted here and are still shown at the end. */
  get rowCount(): RowCount | null {
    const saved = this.locals.all.filter((row) => row.saved !== null).length;
    return this.#count && { ...this.#count, value: this.#count.value + saved };
  }

  /** Rows of the source as far as they are known. Before anything is, one block, so that placeholders can be shown for it. */
  get sourceRows(): number {
    return this.#count?.value ?? BLOCK_ROWS;
  }

  get lines(): number {
    return this.sourceRows + this.locals.count + (this.#insert().allowed ? 1 : 0);
  }

  /** True when the count changed. */
  setCount(count: RowCount | null): boolean {
    const same = count?.value === this.#count?.value && count?.exact === this.#count?.exact;
    if (same || (count === null && this.#count !== null)) return false;
    this.#count = count;
    return true;
  }

  /** What a block of rows says about the count; an exact count from the database is only ever corrected by what is met. */
  learnCount(count: number, means: CountMeans): boolean {
    if (means === "about") return !this.#count?.exact && this.setCount({ value: count, exact: false });
    if (means === "exactly") return this.setCount({ value: count, exact: true });
    if (means === "at most") return count < this.sourceRows && this.setCount({ value: this.#between(count), exact: false });
    if (this.#count && (this.#count.exact || this.#count.value > count)) return false;
    // A full block means that there may be more; the next block is announced so that it can be scrolled to.
    return this.setCount({ value: count + BLOCK_ROWS, exact: false });
  }

  /** An estimate that was too high is halved towards what is known to exist, so that the end is found in a few steps. */
  #between(most: number): number {
    if (this.#count?.exact) return most;
    const least = Math.min(most, this.#cache.end);
    return least + Math.floor((most - least) / 2);
  }

  line(index: number): Line {
    const local = this.locals.at(index - this.sourceRows);
    if (index < this.sourceRows) {
      const row = this.#cache.row(index);
      return { kind: "source", id: row ? rowIdOf(row.key) : null, row, state: this.#cache.stateOf(index) };
    }
    return local ? { kind: "local", id: idOf(local), row: local.saved, local } : { kind: "new" };
  }

  rowAt(index: number): Row | undefined {
    const line = this.line(index);
    return line.kind === "new" ? undefined : (line.row ?? undefined);
  }

  indexOf(id: string): number | undefined {
    const known = this.resolve(id);
    const index = this.#cache.indexOf(known);
    if (index !== undefined) return index;
    const local = this.locals.find((row) => idOf(row) === known);
    return local ? this.sourceRows + this.locals.positionOf(local) : undefined;
  }

  /** What a cell shows: an edit under way, a draft's value, or the row's; `undefined` while it is not loaded. */
  value(index: number, column: Column): CellValue | undefined {
    const line = this.line(index);
    if (line.kind === "new") return null;
    const mark = line.id === null ? undefined : this.#edits.get(line.id, column.id);
    if (mark && mark.input === undefined) return mark.value;
    if (line.row) return line.row.values[column.slot] ?? null;
    return line.kind === "local" ? (line.local.values.get(column.id) ?? null) : undefined;
  }

  label(line: Line, column: Column, mark: Mark | undefined): string | undefined {
    if (line.kind === "new") return undefined;
    if (mark) return mark.label;
    return line.row ? line.row.labels?.[column.slot] : line.kind === "local" ? line.local.labels.get(column.id) : undefined;
  }

  /** The rows of a range, fetched where they are not loaded. The line for a new row is left out. */
  async targets(start: number, end: number, signal: AbortSignal): Promise<Target[]> {
    const sourceEnd = Math.min(end, this.sourceRows);
    const rows = start < sourceEnd ? await this.#cache.rowsBetween(start, sourceEnd, signal) : [];
    const targets: Target[] = rows.map((row) => ({ id: rowIdOf(row.key), row, local: null }));
    for (let index = Math.max(start, this.sourceRows); index < end; index++) {
      const local = this.locals.at(index - this.sourceRows);
      if (local) targets.push({ id: idOf(local), row: local.saved, local });
    }
    return targets;
  }

  /** The same as `targets`, but only if nothing has to be fetched. */
  loadedTargets(start: number, end: number): Target[] | null {
    const targets: Target[] = [];
    for (let index = start; index < end; index++) {
      const line = this.line(index);
      if (line.kind === "new") continue;
      if (line.kind === "source" && !line.row) return null;
      targets.push({ id: line.id!, row: line.row ?? null, local: line.kind === "local" ? line.local : null });
    }
    return targets;
  }

  /** The newest version of a row that was a target some time ago. */
  latest(target: Target): Target {
    const id = this.resolve(target.id);
    if (target.local) return { id: idOf(target.local), row: target.local.saved, local: target.local };
    const index = this.#cache.indexOf(id);
    const local = this.locals.find((row) => idOf(row) === id) ?? null;
    return { id, row: (index === undefined ? local?.saved : this.#cache.row(index)) ?? target.row, local };
  }

  /** Shows a row as the database returned it. */
  store(id: string, written: Row): void {
    const known = this.resolve(id);
    const index = this.#cache.indexOf(known);
    const before = index === undefined ? undefined : this.#cache.row(index);
    const row = { ...written, values: [...written.values, ...(before?.values.slice(written.values.length) ?? [])] };
    const newId = rowIdOf(row.key);
    const local = this.locals.find((one) => idOf(one) === known);
    if (local) local.saved = row;
    else this.#cache.replace(known, row);
    if (known === newId) return;
    this.#aliases.delete(newId);
    this.#aliases.set(known, newId);
    this.#edits.rename(known, newId);
  }

  /** Takes rows out that are deleted or given up. */
  remove(ids: readonly string[]): void {
    const known = new Set(ids.map((id) => this.resolve(id)));
    const loaded = [...known].filter((id) => this.#cache.indexOf(id) !== undefined);
    const local = new Set(this.locals.all.filter((one) => known.has(idOf(one))));
    for (const id of known) {
      this.deleting.delete(id);
      this.#edits.dropRow(id);
    }
    const fromSource = known.size - local.size;
    this.locals.remove(local);
    if (this.#count) this.#count = { ...this.#count, value: Math.max(0, this.#count.value - fromSource) };
    this.#cache.remove(loaded);
  }

  /** The present id of a row that may have got another key. A loaded row that has the old key by now is another row. */
  resolve(id: string): string {
    let known = id;
    for (let next = this.#aliases.get(known); next !== undefined && this.#cache.indexOf(known) === undefined; ) {
      known = next;
      next = this.#aliases.get(known);
    }
    return known;
  }

  reset(): void {
    this.#count = null;
    this.#aliases.clear();
    this.locals.clear();
    this.deleting.clear();
  }
}

export function idOf(local: LocalRow): string {
  return local.saved ? rowIdOf(local.saved.key) : local.draftId;
}
