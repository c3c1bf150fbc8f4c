/** A source that makes up its rows, for looking at the grid and measuring it without a server. */

import type { ApplyOutcome, CellValue, Change, Column, FetchedRows, GridSource, KindId, Row, RowCount, SourceEvent } from "../src/index.ts";

const KINDS: readonly KindId[] = [
  "text", "number", "boolean", "date", "time", "timestamp", "timestamptz", "interval", "money", "email", "uri", "uuid", "json",
  "array", "enum", "bytes", "link", "other",
];

const MOODS = ["sad", "ok", "happy"];
const NAMES = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Alan", "Katherine"];

export function makeColumns(count: number): Column[] {
  return Array.from({ length: count }, (_, index): Column => {
    const id = { id: index + 1, slot: index };
    if (index === 0) {
      return { ...id, name: "id", kind: "number", typeName: "bigint", integer: true, nullable: false, hasDefault: true, primaryKey: true, width: 100 };
    }
    const kind = KINDS[(index - 1) % KINDS.length]!;
    const column: Column = { ...id, name: index <= KINDS.length ? kind : `${kind} ${index}`, kind, typeName: kind, nullable: true, hasDefault: false };
    if (kind === "enum") return { ...column, enumValues: MOODS };
    if (kind === "money") return { ...column, format: { currency: "€", minFraction: 2 } };
    if (index === 20) return { ...column, name: "generated", generated: true, readonlyReason: "It is a generated column." };
    if (index === 21) return { ...column, name: "required", kind: "text", typeName: "text", nullable: false };
    return column;
  });
}

function madeUp(kind: KindId, row: number, column: number): CellValue {
  const seed = (row * 2654435761 + column * 40503) >>> 0;
  const two = (n: number): string => String(n).padStart(2, "0");
  if (seed % 17 === 0) return null;
  switch (kind) {
    case "text": return `${NAMES[seed % NAMES.length]} ${row}`;
    case "number": return `${row}${seed % 1000}.${two(seed % 100)}`;
    case "boolean": return seed % 2 === 0;
    case "date": return `20${two(seed % 30)}-${two((seed % 12) + 1)}-${two((seed % 28) + 1)}`;
    case "time": return `${two(seed % 24)}:${two(seed % 60)}:00`;
    case "timestamp": return `2024-${two((seed % 12) + 1)}-15T${two(seed % 24)}:30:00.123456`;
    case "timestamptz": return `2024-${two((seed % 12) + 1)}-15T${two(seed % 24)}:30:00Z`;
    case "interval": return `P${seed % 9}DT${seed % 24}H5M`;
    case "money": return `${seed % 100000}.50`;
    case "email": return `${NAMES[seed % NAMES.length]!.toLowerCase()}@example.org`;
    case "uri": return `https://example.org/${row}`;
    case "uuid": return `${seed.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
    case "json": return `{"row": ${row}, "ok": true}`;
    case "array": return `{red,"light blue",${seed % 9}}`;
    case "enum": return MOODS[seed % 3]!;
    case "bytes": return `\\x${"ab".repeat(seed % 3000)}`;
    case "link": return String(seed % 500);
    case "file": return `{"uri":"file:${row}/scan ${row}.png","mash":"${seed.toString(16).padStart(64, "0")}"}`;
    case "records": return `{"labels":["${NAMES[seed % NAMES.length]}"],"count":${1 + (seed % 3)}}`;
    case "user": return String(1 + (seed % 5));
    case "other": return `10.0.${seed % 256}.0/24`;
  }
}

export interface MemoryOptions {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Milliseconds before an answer. */
  readonly delay: number;
}

export class MemorySource implements GridSource {
  readonly #options: MemoryOptions;
  readonly #changed = new Map<number, CellValue[]>();
  readonly #deleted = new Set<number>();
  readonly #inserted: number[] = [];
  #listener: ((event: SourceEvent) => void) | null = null;
  #next: number;
  /** Tests set it to make the next loads or writes fail. */
  failLoads = false;
  failWrites = "";
  readonly applied: (readonly Change[])[] = [];

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.#next = options.rows + 1;
  }

  async rowCount(signal: AbortSignal): Promise<RowCount> {
    await this.#wait(signal);
    return { value: this.#options.rows - this.#deleted.size + this.#inserted.length, exact: true };
  }

  async fetchRows(start: number, count: number, signal: AbortSignal): Promise<FetchedRows> {
    await this.#wait(signal);
    if (this.failLoads) throw new Error("the source was told to fail");
    const rows: Row[] = [];
    for (let index = start; rows.length < count; index++) {
      const id = this.#idAt(index);
      if (id === null) break;
      rows.push(this.#row(id));
    }
    return { rows };
  }

  async apply(changes: readonly Change[]): Promise<ApplyOutcome> {
    await this.#wait();
    this.applied.push(changes);
    for (const [index, change] of changes.entries()) {
      if (this.failWrites !== "") return { applied: false, failures: [{ index, kind: "error", message: this.failWrites }] };
      if (change.op === "insert") continue;
      const present = this.#exists(Number(change.key)) ? this.#row(Number(change.key)) : null;
      const same = present && Object.entries(change.expect).every(([id, value]) => present.values[Number(id) - 1] === value);
      if (!same) return { applied: false, failures: [{ index, kind: "conflict", message: "The row has changed", present }] };
    }
    return { applied: true, rows: changes.map((change) => this.#perform(change)) };
  }

  subscribe(listener: (event: SourceEvent) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = null;
    };
  }

  /** Somebody else writes. Without `tell`, the grid does not hear about it. */
  changeBehind(id: number, column: number, value: CellValue, tell = false): void {
    const values = [...this.#row(id).values];
    values[column - 1] = value;
    this.#changed.set(id, values);
    if (tell) this.tell({ type: "rows", rows: [this.#row(id)] });
  }

  tell(event: SourceEvent): void {
    this.#listener?.(event);
  }

  #perform(change: Change): Row | null {
    if (change.op === "delete") {
      this.#deleted.add(Number(change.key));
      return null;
    }
    const given = change.op === "insert" ? change.set[1] : undefined;
    const id = change.op === "insert" ? (typeof given === "string" ? Number(given) : this.#next++) : Number(change.key);
    if (change.op === "insert") this.#insert(id);
    const values = change.op === "insert" ? this.#options.columns.map((_, i): CellValue => (i === 0 ? String(id) : null)) : [...this.#row(id).values];
    for (const [column, value] of Object.entries(change.set)) values[Number(column) - 1] = value;
    this.#changed.set(id, values);
    return this.#row(id);
  }

  #insert(id: number): void {
    if (this.#deleted.delete(id)) return;
    this.#inserted.push(id);
  }

  #exists(id: number): boolean {
    return !this.#deleted.has(id) && (id <= this.#options.rows || this.#inserted.includes(id));
  }

  #idAt(index: number): number | null {
    let id = index + 1;
    for (const gone of [...this.#deleted].sort((a, b) => a - b)) if (gone <= id && gone <= this.#options.rows) id++;
    if (id <= this.#options.rows) return id;
    return this.#inserted.filter((one) => !this.#deleted.has(one))[id - this.#options.rows - 1] ?? null;
  }

  #row(id: number): Row {
    const { columns } = this.#options;
    const values = this.#changed.get(id) ?? columns.map((column, i) => (i === 0 ? String(id) : madeUp(column.kind, id, i)));
    const labels: Record<number, string> = {};
    for (const { kind, slot } of columns) {
      const value = values[slot];
      if (kind === "link" && typeof value === "string") labels[slot] = `${NAMES[Number(value) % NAMES.length]} (${value})`;
    }
    return { key: id, values, labels };
  }

  #wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, this.#options.delay);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    });
  }
}
