/** What rights are about, and the levels in which people think of them. */

import type { DatabaseInfo, SchemaInfo, TableInfo } from "@mathesar/api";
import { refresh } from "$/data/query";
import { m } from "$/paraglide/messages.js";

export interface Subject {
  readonly kind: "database" | "schema" | "table";
  /** Our number of the database. */
  readonly database: number;
  /** The object identifier in PostgreSQL. */
  readonly oid: number;
  readonly name: string;
  /** The object identifier of the owning role. */
  readonly owner: number;
  /** Whether the caller's role owns it, and so may give rights. */
  readonly owned: boolean;
}

export function ofDatabase(database: number, info: DatabaseInfo): Subject {
  return { kind: "database", database, ...namedAndOwned(info) };
}

export function ofSchema(database: number, info: SchemaInfo): Subject {
  return { kind: "schema", database, ...namedAndOwned(info) };
}

export function ofTable(database: number, info: TableInfo): Subject {
  return { kind: "table", database, ...namedAndOwned(info) };
}

function namedAndOwned({
  oid,
  name,
  owner_oid: owner,
  current_role_owns: owned,
}: DatabaseInfo | SchemaInfo | TableInfo) {
  return { oid, name, owner, owned };
}

export interface Level {
  readonly id: string;
  readonly label: () => string;
  readonly rights: readonly string[];
}

interface Kind {
  /** PostgreSQL's words for all rights that there are. */
  readonly rights: readonly string[];
  readonly levels: readonly Level[];
}

const nothing: Level = { id: "none", label: m.level_none, rights: [] };

export const kinds: Record<Subject["kind"], Kind> = {
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
    rights: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
    levels: [
      nothing,
      { id: "read", label: m.level_read, rights: ["SELECT"] },
      { id: "write", label: m.level_write, rights: ["SELECT", "INSERT", "UPDATE", "DELETE"] },
    ],
  },
};

/** The level that is exactly these rights; `null` for any others. */
export function levelOf(kind: Subject["kind"], rights: readonly string[]): Level | null {
  return kinds[kind].levels.find((level) => sameRights(level.rights, rights)) ?? null;
}

export function sameRights(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((right) => others.includes(right));
}

/** The parameters that name it. */
export function placeOf({ kind, database, oid }: Subject) {
  switch (kind) {
    case "database":
      return { database_id: database };
    case "schema":
      return { database_id: database, schema_oid: oid };
    case "table":
      return { database_id: database, table_oid: oid };
  }
}

/** The methods that tell its rights. */
export const listMethods = {
  database: "databases.privileges.list_direct",
  schema: "schemas.privileges.list_direct",
  table: "tables.privileges.list_direct",
} as const;

/** The methods that change its rights. */
export const replaceMethods = {
  database: "databases.privileges.replace_for_roles",
  schema: "schemas.privileges.replace_for_roles",
  table: "tables.privileges.replace_for_roles",
} as const;

/** The methods that give it to another role. */
export const transferMethods = {
  database: "databases.privileges.transfer_ownership",
  schema: "schemas.privileges.transfer_ownership",
  table: "tables.privileges.transfer_ownership",
} as const;

/** Says that rights may have changed: those that are listed, and what the caller may see and do. */
export function refreshRights(): Promise<void> {
  return refresh(
    ...Object.values(listMethods),
    "databases.get",
    "schemas.list",
    "schemas.get",
    "tables.list",
    "tables.get_with_metadata",
  );
}
