import type { ColumnInfo } from "@mathesar/api";
import { unsaved } from "$/features/unsaved/unsaved.svelte";
import type { LinkedColumn } from "./linked";
import type { Condition } from "$/features/filter/model";
import type { CellPlace, FailedEdit, HostChoice, HostEditRequest, RowKey } from "@mathesar/grid";

/** A place on the page that a menu or popover stands at. */
export interface Anchor {
  getBoundingClientRect: () => DOMRect;
}

export function anchorAt(rect: DOMRect): Anchor {
  return { getBoundingClientRect: () => rect };
}

export type FloatingLayer =
  | { readonly kind: "column-menu"; readonly column: ColumnInfo; readonly anchor: Anchor }
  | { readonly kind: "cell-menu"; readonly place: CellPlace | null; readonly anchor: Anchor }
  | { readonly kind: "failure"; readonly failure: FailedEdit; readonly anchor: Anchor }
  | {
      /** A cell whose value the page asks for: a linked record, or a file. */
      readonly kind: "link" | "file";
      readonly request: HostEditRequest;
      readonly column: ColumnInfo;
      readonly answer: (choice: HostChoice) => void;
    }
  | {
      readonly kind: "linked";
      readonly request: HostEditRequest;
      readonly column: LinkedColumn;
      readonly answer: (choice: null) => void;
    }
  | { readonly kind: "linked-menu"; readonly column: LinkedColumn; readonly anchor: Anchor }
  | { readonly kind: "record"; readonly key: RowKey; readonly row: number }
  | { readonly kind: "linked-record"; readonly column: ColumnInfo; readonly value: string }
  | { readonly kind: "edit-column" | "drop-column" | "move-columns" | "make-key"; readonly column: ColumnInfo }
  | {
      readonly kind:
        "add-column" | "add-key" | "sql" | "edit-table" | "drop-table" | "refresh-view" | "permissions" | "views";
    };

/** Behind these the table has other columns: its grid begins anew, without the edits that were not saved. */
const remaking: ReadonlySet<FloatingLayer["kind"]> = new Set([
  "edit-column",
  "drop-column",
  "move-columns",
  "make-key",
  "add-column",
  "add-key",
]);

export type Panel = "filter" | "sort" | "columns";

/** What floats above the table: one layer at a time, and one panel of the toolbar. */
export class FloatingState {
  layer = $state.raw<FloatingLayer | null>(null);
  panel = $state<Panel | null>(null);
  /** A condition that the filter panel shall begin with when it opens next. */
  draftCondition: Condition | null = null;

  async open(layer: FloatingLayer): Promise<void> {
    this.close();
    if (remaking.has(layer.kind) && !(await unsaved.mayLeave())) return;
    this.layer = layer;
  }

  /** Closes a menu, unless what was chosen in it has opened another layer already. */
  leaveMenu(): void {
    if (this.layer?.kind.endsWith("-menu")) this.close();
  }

  /** The condition to begin with, once. */
  takeDraft(): Condition | null {
    const draft = this.draftCondition;
    this.draftCondition = null;
    return draft;
  }

  /** Closes the layer; a cell whose value was being chosen stays as it was. */
  close(): void {
    const layer = this.layer;
    this.layer = null;
    if (layer && "answer" in layer) layer.answer(null);
  }

  choose(choice: HostChoice): void {
    const layer = this.layer;
    this.layer = null;
    if (layer?.kind === "link" || layer?.kind === "file") layer.answer(choice);
  }
}
