import type { ConfiguredDatabaseInfo } from "@mathesar/api";

/** What people call a database. */
export function databaseLabel(database: Pick<ConfiguredDatabaseInfo, "name" | "nickname">): string {
  return database.nickname || database.name;
}
