import type { ConfiguredDatabaseInfo } from "@mathesar/api";
import { hasUnseenSigns } from "@mathesar/grid";
import { m } from "$/paraglide/messages.js";

/** What people call a database. */
export function databaseLabel(database: Pick<ConfiguredDatabaseInfo, "name" | "nickname">): string {
  return database.nickname || database.name;
}

/** What to say of a name that would look like another one; null when there is nothing to say. */
export function nameWarning(name: string): string | null {
  if (/^\s/.test(name)) return m.name_leading_space();
  if (/\s$/.test(name)) return m.name_trailing_space();
  return hasUnseenSigns(name) ? m.name_unseen_signs() : null;
}
