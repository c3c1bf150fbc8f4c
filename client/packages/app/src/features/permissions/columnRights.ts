/** Rights on single columns of a table, by role and column. */

import type { ColumnRolePrivileges } from "@mathesar/api";
import { sameRights } from "./rights";

/** PostgreSQL's words for the rights that there are on a column. */
export const columnRights = ["SELECT", "INSERT", "UPDATE", "REFERENCES"] as const;

/** What roles have on columns, or shall have. */
export type ColumnRights = ReadonlyMap<string, ColumnRolePrivileges>;

function keyOf(role: number, attnum: number): string {
  return `${role}:${attnum}`;
}

export function byColumn(list: readonly ColumnRolePrivileges[]): ColumnRights {
  return new Map(list.map((entry) => [keyOf(entry.role_oid, entry.attnum), entry]));
}

export function rightsOn(rights: ColumnRights, role: number, attnum: number): readonly string[] {
  return rights.get(keyOf(role, attnum))?.direct ?? [];
}

/** The same with one right given or taken, on some columns. */
export function changeOn(
  rights: ColumnRights,
  role: number,
  attnums: readonly number[],
  right: string,
  wanted: boolean,
): ColumnRights {
  const changed = new Map(rights);
  for (const attnum of attnums) {
    const others = rightsOn(rights, role, attnum).filter((each) => each !== right);
    changed.set(keyOf(role, attnum), { role_oid: role, attnum, direct: wanted ? [...others, right] : others });
  }
  return changed;
}

/** What differs from how it was. */
export function differing(rights: ColumnRights, before: ColumnRights): ColumnRolePrivileges[] {
  return [...rights.values()].filter(
    ({ role_oid, attnum, direct }) => !sameRights(direct, rightsOn(before, role_oid, attnum)),
  );
}

/** How many columns a role has rights on. */
export function countOf(rights: ColumnRights, role: number): number {
  return [...rights.values()].filter((entry) => entry.role_oid === role && entry.direct.length > 0).length;
}
