/** Links between tables, which PostgreSQL calls foreign keys. */

import type { ColumnInfo } from "@mathesar/api";
import { call } from "$/data/client";
import type { TableAddress } from "$/features/grid/source";
import { declaredType } from "./columnForm";

/** What deleting the linked record does, in the contract's letters: no action, set null, cascade. */
export type DeleteAction = "a" | "n" | "c";

export interface NewLink {
  readonly place: TableAddress;
  /** A column that exists, or the name of one to add. */
  readonly from: { readonly attnum: number } | { readonly name: string };
  readonly target: { readonly table_oid: number; readonly key: ColumnInfo };
  readonly onDelete: DeleteAction;
}

/** Adds the foreign key. A column that was added for it goes again when the key is refused. */
export async function addLink(link: NewLink): Promise<void> {
  if ("attnum" in link.from) {
    await addForeignKey(link, link.from.attnum);
    return;
  }
  const type = declaredType(link.target.key);
  const [attnum] = await call("columns.add", { ...link.place, column_data_list: [{ name: link.from.name, type }] });
  if (attnum === undefined) return;
  try {
    await addForeignKey(link, attnum);
  } catch (error) {
    await call("columns.delete", { ...link.place, column_attnums: [attnum] });
    throw error;
  }
}

async function addForeignKey({ place, target, onDelete }: NewLink, attnum: number): Promise<void> {
  await call("constraints.add", {
    ...place,
    constraint_def_list: [
      {
        type: "f",
        columns: [attnum],
        fkey_relation_id: target.table_oid,
        fkey_columns: [target.key.id],
        fkey_delete_action: onDelete,
      },
    ],
  });
}
