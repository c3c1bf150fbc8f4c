/** Users as values of a column, by their numbers. Pure. */

import type { CollaboratorInfo, ColumnInfo } from "@mathesar/api";

/** By what a user is called. */
export const userFields = ["full_name", "email", "username"] as const;
export type UserField = (typeof userFields)[number];

const integers: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);

/** Whether a column of this type can hold users. */
export function canHoldUsers(type: string): boolean {
  return integers.has(type);
}

/** Whether each cell is the number of a user. Metadata stays when a type changes. */
export function holdsUsers(column: Pick<ColumnInfo, "type" | "metadata">): boolean {
  return canHoldUsers(column.type) && Boolean(column.metadata?.user_display_field);
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Those who work in the database, by what the column calls them. Where two are called alike, their user names tell them apart. */
export function peopleFor(
  column: Pick<ColumnInfo, "metadata">,
  collaborators: readonly CollaboratorInfo[],
): readonly Choice[] {
  const field = (column.metadata?.user_display_field ?? "username") as UserField;
  const named = collaborators.map(({ user_id, user_info }) => ({
    value: String(user_id),
    label: user_info[field] || user_info.username,
    username: user_info.username,
  }));
  return named
    .map(({ value, label, username }) => {
      const isAlone = named.every((other) => other.value === value || other.label !== label);
      return { value, label: isAlone ? label : `${label} (${username})` };
    })
    .sort((a, b) => a.label.localeCompare(b.label));
}
