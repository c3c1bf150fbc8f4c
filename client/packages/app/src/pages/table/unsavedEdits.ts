import type { EditStatus, Grid } from "@mathesar/grid";
import type { UnsavedWork } from "$/features/unsaved/unsaved.svelte";

interface Wiring {
  readonly status: () => EditStatus;
  readonly grid: () => Grid | null;
}

/** The edits of a grid that the database does not hold. */
export function unsavedEdits({ status, grid }: Wiring): UnsavedWork {
  return {
    get pending() {
      return status().pending;
    },
    get unsaved() {
      return status().drafts + status().failed + status().conflicts;
    },
    get reasons() {
      return this.unsaved > 0 ? (grid()?.reasons() ?? []) : [];
    },
    get canSave() {
      return status().failed > 0;
    },
    commit: () => grid()?.commit(),
    save: async () => grid()?.retryFailed(),
  };
}
