/** Fetches ahead what the next click needs. */

import type { Route } from "$/router/routes";
import { entry, layers, pages } from "./parts";
import type { Part } from "./part.svelte";

type AnyPart = Pick<Part<unknown>, "preload">;

const pageOfRoute: Record<Route["page"], AnyPart> = {
  home: pages.home,
  setup: entry.setup,
  "create-database": pages.createDatabase,
  "connect-database": pages.connectDatabase,
  database: pages.database,
  schema: pages.schema,
  explorations: pages.schema,
  explorer: pages.explorer,
  "explore-table": pages.explorer,
  import: pages.import,
  append: pages.append,
  table: pages.table,
  record: pages.record,
  forms: pages.schema,
  form: pages.form,
  "shared-form": entry.sharedForm,
  profile: pages.profile,
  users: pages.users,
  "not-found": pages.notFound,
};

/** Where people mostly go from a page, and what they open on it. */
const next: Partial<Record<Route["page"], readonly AnyPart[]>> = {
  home: [pages.database, pages.schema, pages.table],
  database: [pages.schema, pages.table],
  schema: [pages.table, pages.import, layers.newTable],
  explorations: [pages.explorer],
  import: [pages.table],
  table: [layers.filter, layers.sort, layers.columns, layers.record, layers.inspector, layers.column],
};

export function preloadPage(route: Route): void {
  pageOfRoute[route.page].preload();
}

/** When the browser has nothing better to do; never for people who save data. */
export function preloadNext(page: Route["page"]): void {
  whenIdle(() => next[page]?.forEach((part) => part.preload()));
}

/** Whoever signs in sees the frame next. */
export function preloadShell(): void {
  whenIdle(() => entry.shell.preload());
}

function whenIdle(work: () => void): void {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  if (connection?.saveData) return;
  // Safari knows no idle time.
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work);
  else setTimeout(work, 500);
}
