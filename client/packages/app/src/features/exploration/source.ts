/** The rows of an exploration behind a grid, by block. */

import { RpcFailure, type ExplorationDef } from "@mathesar/api";
import type { ApplyOutcome, FetchedRows, GridSource, RowCount } from "@mathesar/grid";
import { call } from "$/data/client";
import { cellValue } from "$/features/grid/rows";
import { m } from "$/paraglide/messages.js";

/** What is shown: a definition, and the aliases of its columns by slot. */
export interface Shown {
  readonly definition: ExplorationDef;
  readonly aliases: readonly string[];
}

export class ExplorationSource implements GridSource {
  #shown: Shown;

  constructor(
    readonly database: number,
    shown: Shown,
  ) {
    this.#shown = shown;
  }

  show(shown: Shown): void {
    this.#shown = shown;
  }

  /** Null where counting takes the server too long, which is no reason to show no rows. */
  async rowCount(signal: AbortSignal): Promise<RowCount | null> {
    try {
      const { records } = await call("explorations.run", { ...this.#asked(), limit: 0 }, signal);
      return records.count === null ? null : { value: records.count, exact: true };
    } catch (error) {
      if (error instanceof RpcFailure) return null;
      throw error;
    }
  }

  async fetchRows(start: number, count: number, signal: AbortSignal): Promise<FetchedRows> {
    const { aliases } = this.#shown;
    const page = { limit: count, offset: start, count: false, values: "text" as const };
    const { records } = await call("explorations.run", { ...this.#asked(), ...page }, signal);
    const rows = records.results.map((row, index) => ({
      key: start + index,
      values: aliases.map((alias) => cellValue(row[alias])),
    }));
    return { rows };
  }

  apply(): Promise<ApplyOutcome> {
    return Promise.reject(new Error(m.explorer_read_only()));
  }

  #asked() {
    return { database_id: this.database, exploration_def: this.#shown.definition };
  }
}
