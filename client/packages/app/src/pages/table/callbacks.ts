import type { ColumnInfo } from "@mathesar/api";
import type { EditStatus, GridCallbacks, RowCount, SelectionSummary } from "@mathesar/grid";
import { toasts } from "$/ui/toasts.svelte";
import { anchorAt, type FloatingState } from "$/features/table-view/floating.svelte";
import { replayElsewhere } from "$/features/table-view/sessionHistory";
import type { LinkedColumn } from "$/features/table-view/linked";
import type { ColumnLayout } from "$/features/table-view/layout.svelte";

interface Wiring {
  readonly floating: FloatingState;
  readonly layout: ColumnLayout;
  readonly columnOf: (id: number) => ColumnInfo | undefined;
  readonly linkedOf: (id: number) => LinkedColumn | undefined;
  readonly onSelection: (summary: SelectionSummary) => void;
  readonly onCount: (count: RowCount | null) => void;
  readonly onStatus: (status: EditStatus) => void;
  readonly openHelp: () => void;
}

/** What the page does about each thing that happens in the grid. */
export function gridCallbacks({ floating, layout, columnOf, linkedOf, ...page }: Wiring): GridCallbacks {
  return {
    onSelectionChange: page.onSelection,
    onRowCountChange: page.onCount,
    onStatusChange: page.onStatus,
    onColumnMenu(column, anchor) {
      const info = columnOf(column.id);
      const linked = linkedOf(column.id);
      if (info) floating.open({ kind: "column-menu", column: info, anchor: anchorAt(anchor) });
      if (linked) floating.open({ kind: "linked-menu", column: linked, anchor: anchorAt(anchor) });
    },
    onContextMenu(place, point) {
      floating.open({ kind: "cell-menu", place, anchor: anchorAt(new DOMRect(point.x, point.y, 0, 0)) });
    },
    onColumnResize: (id, width) => layout.resize(id, width),
    onColumnReorder: (order) => layout.reorder(order),
    onOpenRecord: (key, row) => floating.open({ kind: "record", key, row }),
    onOpenLink(place) {
      const column = columnOf(place.column.id);
      if (column?.link && place.value !== null) {
        floating.open({ kind: "linked-record", column, value: String(place.value) });
      }
    },
    onHostEdit(request) {
      const linked = linkedOf(request.column.id);
      if (linked) return new Promise((answer) => floating.open({ kind: "linked", request, column: linked, answer }));
      const column = columnOf(request.column.id);
      if (!column) return Promise.resolve(null);
      const kind = column.link ? "link" : "file";
      return new Promise((answer) => floating.open({ kind, request, column, answer }));
    },
    onFailure: (failure, anchor) => floating.open({ kind: "failure", failure, anchor: anchorAt(anchor) }),
    onNotice: ({ level, message }) => toasts.show(level === "error" ? "danger" : "info", message),
    onHistoryElsewhere: replayElsewhere,
    onHostAction(action) {
      if (action === "help") page.openHelp();
      else document.getElementById("table-search")?.focus();
    },
  };
}
