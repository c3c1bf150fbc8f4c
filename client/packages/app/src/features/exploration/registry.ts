/** The registry of types, as the server's generator wrote it: what becomes of the values of a group, and how they are reduced. */

import registry from "@mathesar/api/types.json";

type Family = (typeof registry.families)[number];

function familyOf(id: string): Family | undefined {
  return registry.families.find((family) => family.id === id);
}

/** The aggregates that values of a family take. */
export function aggregatesOf(family: string): readonly string[] {
  return familyOf(family)?.aggregates ?? [];
}

/** How values of a family can be reduced before they are grouped by. */
export function preprocsOf(family: string): readonly string[] {
  return familyOf(family)?.preprocs ?? [];
}
