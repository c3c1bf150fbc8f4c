/** The rights that there are, and the levels in which people think of them. */

import { majorVersion } from "$/data/serverVersion";
import { m } from "$/paraglide/messages.js";

export type ObjectKind = "database" | "schema" | "table";

export interface Level {
  readonly id: string;
  readonly label: () => string;
  readonly rights: readonly string[];
}

/** What rights there are on something. */
export interface Kind {
  /** PostgreSQL's words for all of them. */
  readonly rights: readonly string[];
  readonly levels: readonly Level[];
}

export const nothing: Level = { id: "none", label: m.level_none, rights: [] };

const kinds: Record<ObjectKind, Kind> = {
  database: {
    rights: ["CONNECT", "CREATE", "TEMPORARY"],
    levels: [
      nothing,
      { id: "connect", label: m.level_connect, rights: ["CONNECT"] },
      { id: "create", label: m.level_connect_create, rights: ["CONNECT", "CREATE"] },
    ],
  },
  schema: {
    rights: ["USAGE", "CREATE"],
    levels: [
      nothing,
      { id: "use", label: m.level_use, rights: ["USAGE"] },
      { id: "create", label: m.level_use_create, rights: ["USAGE", "CREATE"] },
    ],
  },
  table: {
    rights: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"],
    levels: [
      nothing,
      { id: "read", label: m.level_read, rights: ["SELECT"] },
      { id: "write", label: m.level_write, rights: ["SELECT", "INSERT", "UPDATE", "DELETE"] },
    ],
  },
};

/** The rights that a server of that version has. */
export function kindOf(kind: ObjectKind, serverVersion: string): Kind {
  const { rights, levels } = kinds[kind];
  return { rights: rights.filter((right) => right !== "MAINTAIN" || hasMaintain(serverVersion)), levels };
}

/** Whether there is a right to `MAINTAIN` tables. */
function hasMaintain(serverVersion: string): boolean {
  return majorVersion(serverVersion) >= 17;
}

/** The level that is exactly these rights; `null` for any others. */
export function levelOf({ levels }: Kind, rights: readonly string[]): Level | null {
  return levels.find((level) => sameRights(level.rights, rights)) ?? null;
}

export function sameRights(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((right) => others.includes(right));
}
