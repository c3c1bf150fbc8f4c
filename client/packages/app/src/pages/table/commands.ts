import { exportAddress, type ExportRequest } from "@mathesar/api";
import type { Grid } from "@mathesar/grid";
import type { TableCommands } from "$/actions/context.svelte";
import { client } from "$/data/client";
import { download } from "$/data/download";
import type { FloatingState } from "$/features/table-view/floating.svelte";

interface Wiring {
  readonly address: () => ExportRequest;
  readonly floating: FloatingState;
  readonly grid: () => Grid | null;
  readonly reload: () => void;
  readonly appendFile: () => void;
  readonly explore: () => void;
  readonly toggleInspector: () => void;
  readonly rights: () => { readonly canInsert: boolean; readonly canAlter: boolean };
}

/** What menus, the palette and shortcuts can ask of the table page. */
export function tableCommands({
  address,
  floating,
  grid,
  reload,
  appendFile,
  explore,
  toggleInspector,
  rights,
}: Wiring): TableCommands {
  return {
    get canInsert() {
      return rights().canInsert;
    },
    get canAlter() {
      return rights().canAlter;
    },
    openPanel: (panel) => (floating.panel = panel),
    toggleInspector,
    openViews: () => floating.open({ kind: "views" }),
    showSql: () => floating.open({ kind: "sql" }),
    exportCsv: () => download(exportAddress(client, address())),
    appendFile,
    explore,
    reload,
    addColumn: () => floating.open({ kind: "add-column" }),
    runInGrid: (action) => grid()?.run(action) ?? false,
  };
}
