/** Enums as people write them. */

import type { AddedValue, EnumInfo, RenamedValue } from "@mathesar/api";

/** The values that a text names, one a line; blanks around them are slips. */
export function valuesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

export interface EnumChange {
  readonly renamed: RenamedValue[];
  readonly added: AddedValue[];
}

/** What makes an enum of a form: the names that its values shall have, and new values before one of the present ones or last. */
export function changeOf(before: EnumInfo, names: readonly string[], added: string, position: string): EnumChange {
  const renamed = before.values
    .map((value, index) => ({ value, new_value: names[index] ?? value }))
    .filter(({ value, new_value }) => value !== new_value);
  // What comes next to one that is renamed is put before its new name, since renaming comes first.
  const follows = names[before.values.indexOf(position)];
  const place = follows === undefined ? {} : { before: follows };
  return { renamed, added: valuesOf(added).map((value) => ({ value, ...place })) };
}

/** A choice of a column's type for each enum. The column's own is called as the column calls it, so that it counts as unchanged. */
export function enumChoices(enums: readonly EnumInfo[], own: string): { value: string; label: string }[] {
  return enums.map((each) => ({ value: each.display_type === own ? own : each.type, label: each.display_type }));
}

/** The enum that a type of such a choice stands for. */
export function enumOf(enums: readonly EnumInfo[], type: string): EnumInfo | undefined {
  return enums.find((each) => each.type === type || each.display_type === type);
}
