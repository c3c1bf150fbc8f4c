/** The edits of this session across all tables, so that undo reaches what was done on a page that was left. */

import { EditLog, type History } from "@mathesar/grid";
import { router } from "$/router/router.svelte";
import type { Route } from "$/router/routes";

type TableRoute = Extract<Route, { page: "table" }>;
type Replayed = "undo" | "redo";

const log = new EditLog();
/** What the table that is being opened shall do once its grid stands. */
let awaited: { readonly place: string; readonly action: Replayed } | null = null;

function placeOf({ database, schema, table }: Omit<TableRoute, "page">): string {
  return [database, schema, table].join("/");
}

export function historyOf(table: Omit<TableRoute, "page">): History {
  return log.at(placeOf(table));
}

/** Opens the table whose edit comes next; it takes the edit back itself, before the user's eyes. */
export function replayElsewhere(place: string, action: Replayed): void {
  const [database = 0, schema = 0, table = 0] = place.split("/").map(Number);
  awaited = { place, action };
  void router.go({ page: "table", database, schema, table }).then((shown) => {
    if (!shown) awaited = null;
  });
}

/** What a table that has just been opened shall do, once. */
export function takeAwaited(table: Omit<TableRoute, "page">): Replayed | null {
  const found = awaited?.place === placeOf(table) ? awaited.action : null;
  awaited = null;
  return found;
}

/** A table that cannot be opened keeps nobody from undoing what was done before. */
export function forgetTable(table: Omit<TableRoute, "page">): void {
  log.forget(placeOf(table));
}

/** Edits are undone by whoever made them. */
export function forgetAll(): void {
  awaited = null;
  log.clear();
}
