import type { CellValue } from "@mathesar/grid";
import type { Filled } from "./filling";

/** A form that is being filled in. */
export class Filling implements Filled {
  values = $state<Record<string, CellValue>>({});
  adding = $state<Record<string, boolean>>({});
  /** What is wrong with fields, by their keys. */
  errors = $state<Record<string, string>>({});

  set(key: string, value: CellValue): void {
    this.values[key] = value;
    delete this.errors[key];
  }

  /** Begins anew. */
  clear(): void {
    this.values = {};
    this.adding = {};
    this.errors = {};
  }
}
