import type { CellContext } from "../src/cells/kind.ts";
import { Core } from "../src/core.ts";
import { Writer } from "../src/commands/write.ts";
import type { Column, GridCallbacks, GridOptions, KindId } from "../src/index.ts";
import { MemorySource, makeColumns } from "../dev/memory-source.ts";
import { messages } from "../dev/messages.en.ts";

export function columnOf(kind: KindId, over: Partial<Column> = {}): Column {
  return { id: 1, slot: 0, name: kind, kind, typeName: kind, nullable: true, hasDefault: false, ...over };
}

export function contextOf(column: Column, over: Partial<CellContext> = {}): CellContext {
  return { column, locale: "en", timeZone: "Europe/Berlin", messages, now: () => new Date(2026, 10, 22, 20, 15, 5), ...over };
}

export interface Bench {
  readonly core: Core;
  readonly writer: Writer;
  readonly source: MemorySource;
  readonly notices: string[];
  /** Waits until nothing is under way. */
  settle(): Promise<void>;
}

/** A grid without a screen, on made-up rows: column 1 is the key, 2 text, 3 number, 4 boolean, 5 date, … 22 a required text. */
export async function bench(options: { rows?: number; columns?: readonly Column[]; callbacks?: GridCallbacks } & Partial<GridOptions> = {}): Promise<Bench> {
  const columns = options.columns ?? makeColumns(19);
  const source = new MemorySource({ rows: options.rows ?? 1000, columns, delay: 0 });
  const notices: string[] = [];
  const quiet = (): void => undefined;
  const core = new Core({
    source, messages, locale: "en", timeZone: "Europe/Berlin",
    insert: { allowed: true }, delete: { allowed: true }, update: { allowed: true }, ...options, columns,
    callbacks: { ...options.callbacks, onNotice: ({ message }) => notices.push(message) },
  }, { onDraw: quiet, onSelection: quiet, onStatus: quiet, onCount: quiet, onSpeak: quiet });
  core.viewport.resize(800, 600);
  const writer = new Writer(core);
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await writer.settled();
    }
  };
  core.cache.want(0, 100);
  await core.recount();
  await settle();
  return { core, writer, source, notices, settle };
}
