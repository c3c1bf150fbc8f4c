/** What a role may do in a database, as people look for it and in their words. */

import type { DefaultReach, ReachReason, RoleReach, SchemaReach, TableReach } from "@mathesar/api";
import { m } from "$/paraglide/messages.js";
import { objectsWords } from "./defaultRights";

export interface SchemaGroup {
  readonly schema: SchemaReach;
  readonly tables: readonly TableReach[];
}

/** Whether a role can use any right on it without becoming another one first, which nobody does here. */
export function isReached(table: TableReach): boolean {
  return table.missing.length === 0 && table.reach.reasons.some((reason) => reason.set_role === null);
}

/** The tables whose name or schema has the text, by schema; a schema stays without tables only where its own name has it. */
export function found({ schemas, tables }: RoleReach, text: string, onlyReached: boolean): SchemaGroup[] {
  const sought = text.trim().toLowerCase();
  const has = (name: string) => name.toLowerCase().includes(sought);
  return schemas
    .map((schema) => {
      const wanted = (table: TableReach) =>
        table.schema_oid === schema.oid && (!onlyReached || isReached(table)) && (has(table.name) || has(schema.name));
      return { schema, tables: tables.filter(wanted) };
    })
    .filter(({ schema, tables }) => tables.length > 0 || (has(schema.name) && !onlyReached));
}

/** The first groups that have that many tables together, and how many tables are left out. */
export function firstOf(groups: readonly SchemaGroup[], most: number): { groups: SchemaGroup[]; left: number } {
  let room = most;
  let left = 0;
  const shown = groups.map(({ schema, tables }) => {
    const some = tables.slice(0, room);
    room -= some.length;
    left += tables.length - some.length;
    return { schema, tables: some };
  });
  return {
    groups: shown.filter((group, index) => group.tables.length > 0 || groups[index]?.tables.length === 0),
    left,
  };
}

/** What will be made, by whom and where, for rights that are given by default. */
export function laterWords({ objects, owner, schema_oid }: DefaultReach, schemas: readonly SchemaReach[]): string {
  const about = { objects: objectsWords(objects), owner };
  const schema = schemas.find((each) => each.oid === schema_oid);
  return schema ? m.reach_defaults_here({ ...about, schema: schema.name }) : m.reach_defaults_anywhere(about);
}

/** By what a role has rights. */
export function whyWords(reason: ReachReason): string {
  const holder = reason.via.at(-1);
  const way = reason.via.slice(0, -1).join(" → ");
  const words = [
    byWords(reason.by, holder),
    way ? m.reach_way({ roles: way }) : "",
    reason.set_role ? m.reach_set_role({ role: reason.set_role }) : "",
  ];
  return words.filter(Boolean).join(", ");
}

function byWords(by: ReachReason["by"], holder: string | undefined): string {
  switch (by) {
    case "superuser":
      return holder ? m.reach_superuser_by({ role: holder }) : m.reach_superuser();
    case "owner":
      return holder ? m.reach_owner_by({ role: holder }) : m.reach_owner();
    case "grant":
      return holder ? m.reach_grant_by({ role: holder }) : m.reach_grant();
    case "public":
      return m.reach_public();
    case "predefined_role":
      return m.reach_predefined({ role: holder ?? "" });
  }
}

/** What makes the rights on a table less than they seem; none where nothing does. */
export function limitWords({ missing, policies, reach }: TableReach): string[] {
  if (reach.reasons.length === 0) return [];
  const words = missing.map((right) => (right === "CONNECT" ? m.reach_needs_connect() : m.reach_needs_usage()));
  if (!policies) return words;
  if (!policies.some((policy) => policy.permissive)) return [...words, m.reach_no_policy()];
  const names = policies.map((policy) => `${policy.name} (${policy.command})`).join(", ");
  return [...words, m.reach_policies({ policies: names })];
}
