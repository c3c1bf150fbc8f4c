import { MAX_UNDO_CHANGES, MAX_UNDO_STEPS } from "../limits.ts";
import type { Change, RowKey } from "../types.ts";
import { rowIdOf } from "./row-cache.ts";

/** One step: the changes that take it back. */
export type Step = readonly Change[];

/** What comes next in the history: a step of this table, or one that only another table can take back. */
export type NextStep =
  | { readonly where: "here"; readonly step: Step }
  | { readonly where: "elsewhere"; readonly place: string };

/** What one table can undo and redo. A step holds the inverse of what happened, so that redo is the undo of an undo. */
export interface History {
  /** Something new happened; what was undone before can no longer be redone. */
  push(step: Step): void;
  /** Takes the newest step out, unless it is another table's. */
  takeUndo(): NextStep | undefined;
  takeRedo(): NextStep | undefined;
  pushRedo(step: Step): void;
  /** The inverse of a redo, which must not forget what else can be redone. */
  pushUndo(step: Step): void;
  /** A row came back under another key, or its key was edited: older steps must find it. */
  rename(from: RowKey, to: RowKey): void;
}

interface Entry {
  readonly place: string;
  readonly step: Step;
}

/** All edits of a session in their order, whatever table they were made in. */
export class EditLog {
  #undo: Entry[] = [];
  #redo: Entry[] = [];

  /** The history as a grid over one table sees it; `place` is the host's name of that table. */
  at(place: string): History {
    return {
      push: (step) => {
        this.#redo = [];
        this.#pushUndo({ place, step });
      },
      takeUndo: () => take(this.#undo, place),
      takeRedo: () => take(this.#redo, place),
      pushRedo: (step) => this.#redo.push({ place, step }),
      pushUndo: (step) => this.#pushUndo({ place, step }),
      rename: (from, to) => this.#rename(place, from, to),
    };
  }

  /** Forgets what was done to a table that cannot be opened any more. */
  forget(place: string): void {
    this.#undo = this.#undo.filter((entry) => entry.place !== place);
    this.#redo = this.#redo.filter((entry) => entry.place !== place);
  }

  clear(): void {
    this.#undo = [];
    this.#redo = [];
  }

  #rename(place: string, from: RowKey, to: RowKey): void {
    const id = rowIdOf(from);
    const renamed = (change: Change): Change => (change.op !== "insert" && rowIdOf(change.key) === id ? { ...change, key: to } : change);
    const inEntry = (entry: Entry): Entry => (entry.place === place ? { place, step: entry.step.map(renamed) } : entry);
    this.#undo = this.#undo.map(inEntry);
    this.#redo = this.#redo.map(inEntry);
  }

  #pushUndo(entry: Entry): void {
    this.#undo.push(entry);
    let changes = this.#undo.reduce((sum, { step }) => sum + step.length, 0);
    while (this.#undo.length > MAX_UNDO_STEPS || (changes > MAX_UNDO_CHANGES && this.#undo.length > 1)) {
      changes -= this.#undo.shift()!.step.length;
    }
  }
}

function take(entries: Entry[], place: string): NextStep | undefined {
  const last = entries.at(-1);
  if (!last) return undefined;
  if (last.place !== place) return { where: "elsewhere", place: last.place };
  entries.pop();
  return { where: "here", step: last.step };
}
