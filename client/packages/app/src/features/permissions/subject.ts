/** What rights are about, and the methods that tell and change them. */

import type { DatabaseInfo, SchemaInfo, TableInfo } from "@mathesar/api";
import { refresh } from "$/data/query";
import type { ObjectKind } from "./rights";

export interface Subject {
  readonly kind: ObjectKind;
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

/** The methods that tell and change what is given by default on what is made later. */
export const defaultsMethods = {
  database: {
    list: "databases.default_privileges.list",
    replace: "databases.default_privileges.replace_for_roles",
  },
  schema: {
    list: "schemas.default_privileges.list",
    replace: "schemas.default_privileges.replace_for_roles",
  },
} as const;

/** Says that rights may have changed: those that are listed, and what the caller may see and do. */
export function refreshRights(): Promise<void> {
  return refresh(
    ...Object.values(listMethods),
    "columns.privileges.list_direct",
    defaultsMethods.database.list,
    defaultsMethods.schema.list,
    "columns.list",
    "columns.list_with_metadata",
    "databases.get",
    "schemas.list",
    "schemas.get",
    "tables.list",
    "tables.get_with_metadata",
  );
}
