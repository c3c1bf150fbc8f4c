import type { ActionId } from "@mathesar/grid";

/** What the table on show can be asked to do by menus, the palette and shortcuts. */
export interface TableCommands {
  readonly canInsert: boolean;
  readonly canAlter: boolean;
  openPanel(panel: "filter" | "sort" | "columns"): void;
  toggleInspector(): void;
  openViews(): void;
  showSql(): void;
  exportCsv(): void;
  appendFile(): void;
  explore(): void;
  reload(): void;
  addColumn(): void;
  runInGrid(action: ActionId): boolean;
}

/** The part of the page that actions work on; a page puts itself here while it is on show. */
class ActionContext {
  table = $state.raw<TableCommands | null>(null);
}

export const actionContext = new ActionContext();
