import type { TableInfo } from "@mathesar/api";
import type { Right } from "@mathesar/grid";
import { m } from "$/paraglide/messages.js";

export type RowRight = "INSERT" | "UPDATE" | "DELETE";

/** Whether it is a table rather than a view, whose structure is its query. */
export function isTable(table: TableInfo): boolean {
  return table.type !== "view" && table.type !== "materialized_view";
}

/** Whether the caller's role may change the structure: PostgreSQL leaves that to the owner. */
export function canAlter(table: TableInfo): boolean {
  return table.current_role_owns && isTable(table);
}

/** Whether the caller's role may change rows, and if not, what is missing. */
export function rowRight(table: TableInfo, right: RowRight): Right {
  if (!isTable(table)) {
    const reason = table.row_identity?.reason;
    if (table.row_identity?.kind === "none") return { allowed: false, reason: reason ?? m.right_view() };
  }
  if (right !== "INSERT" && table.row_identity?.kind === "none") {
    return { allowed: false, reason: table.row_identity.reason ?? m.right_no_identity() };
  }
  if (!table.current_role_priv.includes(right)) return { allowed: false, reason: m.right_missing({ right }) };
  return { allowed: true };
}

/** Rights to columns may be granted one by one, so that UPDATE on the table is not the last word. */
export function updateRight(table: TableInfo, anyColumnWritable: boolean): Right {
  const whole = rowRight(table, "UPDATE");
  return whole.allowed || table.row_identity?.kind === "none" || !anyColumnWritable ? whole : { allowed: true };
}
