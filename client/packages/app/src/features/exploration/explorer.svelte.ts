/** An exploration while it is built: the draft, what the server says of each of its steps, and what is shown of it. */

import type { ExplorationDef, ExplorationResultColumn } from "@mathesar/api";
import { call } from "$/data/client";
import { fetchRpc, refresh } from "$/data/query";
import { atRest } from "$/data/rest";
import type { FilterColumn } from "$/features/filter/model";
import { Aliases } from "./aliases";
import { draftOf, emptyDraft, nameOf, readDraft, writeDraft, type Draft, type Written } from "./draft";
import { explorationFailure, type ExplorationFailure } from "./failure";

type StageColumns = readonly ExplorationResultColumn[];

/** What can be run, as it was last found to be without fault. */
export interface Applied {
  readonly definition: ExplorationDef;
  readonly columns: StageColumns;
}

export class Explorer {
  readonly aliases = new Aliases();
  draft = $state.raw<Draft>(emptyDraft);
  applied = $state.raw<Applied | null>(null);
  failure = $state.raw<ExplorationFailure | null>(null);
  /** The columns before the first step, and after each. */
  #stages = $state.raw<readonly StageColumns[]>([]);
  readonly #database: number;
  readonly #examine = atRest(() => void this.examine());
  #examinations = 0;

  constructor(database: number, definition: ExplorationDef | null) {
    this.#database = database;
    if (definition) this.draft = readDraft(definition, this.aliases);
  }

  get written(): Written {
    return writeDraft(this.draft, this.aliases);
  }

  /** Begins anew with all columns of a table that may be read. */
  async begin(table: number): Promise<void> {
    const columns = await call("columns.list", { database_id: this.#database, table_oid: table });
    const readable = columns.filter((column) => column.current_role_priv.includes("SELECT"));
    this.draft = draftOf(table, readable, this.aliases);
    this.applied = null;
    await this.examine();
  }

  change(draft: Draft): void {
    this.draft = draft;
    this.#examine(undefined);
  }

  /** Only names change, which the server need not be asked about. */
  rename(draft: Draft): void {
    this.draft = draft;
  }

  nameOf(id: number): string {
    return nameOf(this.draft, id, this.aliases);
  }

  /** The columns that a step finds, as far as they are known; after the last step, those of the result. */
  columnsAt(step: number): FilterColumn[] {
    const stage = this.#stages[Math.min(step, this.#stages.length - 1)] ?? [];
    return stage.map((column) => {
      const id = this.aliases.idOf(column.alias);
      return { id, name: this.nameOf(id), family: column.family, type_options: column.type_options, link: null };
    });
  }

  /** Reads all again that may have changed. */
  async reload(): Promise<void> {
    await refresh("explorations.run");
    await this.examine();
    this.applied &&= { ...this.applied };
  }

  /** Asks the server what each step makes of the one before it; the first that is at fault is told. */
  async examine(): Promise<void> {
    this.#examine.cancel();
    this.#examinations += 1;
    const examination = this.#examinations;
    const { definition, ends } = this.written;
    if (definition.initial_columns.length === 0) {
      this.#settle([], null, null);
      return;
    }
    const prefixes = [0, ...ends].map((end) => this.#prefix(definition, end));
    const answers = await Promise.allSettled(prefixes.map((prefix) => this.#describe(prefix)));
    if (examination !== this.#examinations) return;
    const stages: StageColumns[] = [];
    for (const [stage, answer] of answers.entries()) {
      if (answer.status === "rejected") {
        this.#settle(stages, explorationFailure(answer.reason, stage), this.applied);
        return;
      }
      stages.push(answer.value);
    }
    this.#settle(stages, null, { definition: prefixes.at(-1) ?? definition, columns: stages.at(-1) ?? [] });
  }

  #settle(stages: readonly StageColumns[], failure: ExplorationFailure | null, applied: Applied | null): void {
    this.#stages = stages;
    this.failure = failure;
    // Rows that are the same are not read again, for example where a condition still lacks its value.
    if (JSON.stringify(applied) !== JSON.stringify(this.applied)) this.applied = applied;
  }

  #prefix({ base_table_oid, initial_columns, transformations }: ExplorationDef, steps: number): ExplorationDef {
    return { base_table_oid, initial_columns, transformations: (transformations ?? []).slice(0, steps) };
  }

  async #describe(definition: ExplorationDef): Promise<StageColumns> {
    const asked = { database_id: this.#database, exploration_def: definition, limit: 0, count: false };
    const { output_columns, column_metadata } = await fetchRpc("explorations.run", asked);
    return output_columns.flatMap((alias) => column_metadata[alias] ?? []);
  }
}
