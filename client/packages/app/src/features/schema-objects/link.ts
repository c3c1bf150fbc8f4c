/** Links between tables, which PostgreSQL calls foreign keys. */

import type { ColumnInfo, Params, TableInfo } from "@mathesar/api";

/** What deleting the linked record does, in the contract's letters: no action, set null, cascade. */
export type DeleteAction = "a" | "n" | "c";

/** How many rows and records a link connects. */
export type LinkKind = "many-to-one" | "one-to-one" | "many-to-many";

export interface NewLink {
  readonly database: number;
  readonly table: TableInfo;
  readonly target: TableInfo;
  readonly unique: boolean;
  readonly onDelete: DeleteAction;
}

/** A new column that refers to the records of the target. */
export function newColumn({ database, table, target, unique, onDelete }: NewLink, name: string) {
  return {
    database_id: database,
    column_name: name,
    referrer_table_oid: table.oid,
    referent_table_oid: target.oid,
    unique,
    fkey_delete_action: onDelete,
  } satisfies Params<"data_modeling.add_foreign_key_column">;
}

/** A column that is there, and refers to the records of the target by their key from now on. */
export function presentColumn({ database, table, target, unique, onDelete }: NewLink, attnum: number, key: ColumnInfo) {
  const link = {
    type: "f",
    columns: [attnum],
    fkey_relation_id: target.oid,
    fkey_columns: [key.id],
    fkey_delete_action: onDelete,
  };
  return {
    database_id: database,
    table_oid: table.oid,
    constraint_def_list: [link, ...(unique ? [{ type: "u", columns: [attnum] }] : [])],
  } satisfies Params<"constraints.add">;
}

/** A table in between, each of whose records connects a row of the table with a record of the target. */
export function mappingTable({ database, table, target }: NewLink, name: string) {
  const second = target.name === table.name ? `${target.name}_2` : target.name;
  return {
    database_id: database,
    table_name: name,
    schema_oid: table.schema,
    mapping_columns: [
      { column_name: table.name, referent_table_oid: table.oid },
      { column_name: second, referent_table_oid: target.oid },
    ],
  } satisfies Params<"data_modeling.add_mapping_table">;
}
