import { MAX_UNDO_CHANGES, MAX_UNDO_STEPS } from "../limits.ts";
import type { Change, RowKey } from "../types.ts";
import { rowIdOf } from "./row-cache.ts";

/** One step: the changes that take it back. */
export type Step = readonly Change[];

/** What can be undone and redone. A step holds the inverse of what happened, so that redo is the undo of an undo. */
export class History {
  #undo: Step[] = [];
  #redo: Step[] = [];

  /** Something new happened; what was undone before can no longer be redone. */
  push(step: Step): void {
    this.#redo = [];
    this.#undo.push(step);
    this.#trim();
  }

  takeUndo(): Step | undefined {
    return this.#undo.pop();
  }

  takeRedo(): Step | undefined {
    return this.#redo.pop();
  }

  pushRedo(step: Step): void {
    this.#redo.push(step);
  }

  /** The inverse of a redo, which must not forget what else can be redone. */
  pushUndo(step: Step): void {
    this.#undo.push(step);
    this.#trim();
  }

  /** A row came back under another key, or its key was edited: older steps must find it. */
  rename(from: RowKey, to: RowKey): void {
    const id = rowIdOf(from);
    const renamed = (change: Change): Change => (change.op !== "insert" && rowIdOf(change.key) === id ? { ...change, key: to } : change);
    this.#undo = this.#undo.map((step) => step.map(renamed));
    this.#redo = this.#redo.map((step) => step.map(renamed));
  }

  clear(): void {
    this.#undo = [];
    this.#redo = [];
  }

  #trim(): void {
    let changes = this.#undo.reduce((sum, step) => sum + step.length, 0);
    while (this.#undo.length > MAX_UNDO_STEPS || (changes > MAX_UNDO_CHANGES && this.#undo.length > 1)) {
      changes -= this.#undo.shift()!.length;
    }
  }
}
