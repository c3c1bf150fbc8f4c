/** Rights that are given on what is made later, as people think of them. */

import type { DefaultObjects, DefaultPrivileges } from "@mathesar/api";
import { majorVersion } from "$/data/serverVersion";
import { m } from "$/paraglide/messages.js";
import { kindOf, nothing, sameRights, type Kind, type ObjectKind } from "./rights";

/** Where they are given: in a schema, or in the whole database. */
export type Place = Exclude<ObjectKind, "table">;

/** What somebody is given, or shall be. */
export interface Given {
  /** The role that makes the objects. */
  readonly owner: number;
  readonly objects: DefaultObjects;
  /** `null` is everybody. */
  readonly role: number | null;
  readonly direct: readonly string[];
}

const labels: Record<DefaultObjects, () => string> = {
  tables: m.defaults_tables,
  sequences: m.defaults_sequences,
  functions: m.defaults_functions,
  types: m.defaults_types,
  schemas: m.defaults_schemas,
  large_objects: m.defaults_large_objects,
};

/** The kind of objects in words. */
export function objectsWords(objects: DefaultObjects): string {
  return labels[objects]();
}

/** What there are rights for: neither schemas nor large objects are made in a schema. */
export function objectsIn(place: Place, serverVersion: string): { value: DefaultObjects; label: string }[] {
  const ofDatabase: DefaultObjects[] = majorVersion(serverVersion) >= 18 ? ["schemas", "large_objects"] : ["schemas"];
  const all: DefaultObjects[] = ["tables", "sequences", "functions", "types"];
  return [...all, ...(place === "database" ? ofDatabase : [])].map((value) => ({ value, label: objectsWords(value) }));
}

/** The rights that there are on what is made. */
export function kindOfObjects(objects: DefaultObjects, serverVersion: string): Kind {
  switch (objects) {
    case "tables":
      return kindOf("table", serverVersion);
    case "schemas":
      return kindOf("schema", serverVersion);
    case "sequences":
      return {
        rights: ["USAGE", "SELECT", "UPDATE"],
        levels: [nothing, { id: "use", label: m.level_use, rights: ["USAGE"] }],
      };
    case "functions":
      return { rights: ["EXECUTE"], levels: [nothing, { id: "execute", label: m.level_execute, rights: ["EXECUTE"] }] };
    case "large_objects":
      return {
        rights: ["SELECT", "UPDATE"],
        levels: [nothing, { id: "read", label: m.level_read, rights: ["SELECT"] }],
      };
    case "types":
      return { rights: ["USAGE"], levels: [nothing, { id: "use", label: m.level_use, rights: ["USAGE"] }] };
  }
}

/** What everybody has on what is made as long as nobody said otherwise for the whole database. */
function ofEverybody(objects: DefaultObjects): readonly string[] {
  if (objects === "functions") return ["EXECUTE"];
  return objects === "types" ? ["USAGE"] : [];
}

type Whom = Pick<Given, "owner" | "objects" | "role">;

/** What somebody is given as things stand. */
export function givenNow(
  list: readonly DefaultPrivileges[],
  place: Place,
  { owner, objects, role }: Whom,
): readonly string[] {
  const entry = list.find((each) => each.owner_oid === owner && each.objects === objects);
  if (entry) return entry.privileges.find((each) => (each.role_oid ?? null) === role)?.direct ?? [];
  // Those of a schema come on top of those of the database, PostgreSQL's own among them.
  return place === "database" && role === null ? ofEverybody(objects) : [];
}

export function sameWhom(one: Whom, other: Whom): boolean {
  return one.owner === other.owner && one.objects === other.objects && one.role === other.role;
}

/** What has to be asked for so that everybody is given what was chosen. */
export function differing(
  chosen: readonly Given[],
  list: readonly DefaultPrivileges[],
  place: Place,
): DefaultPrivileges[] {
  const wanted: DefaultPrivileges[] = [];
  for (const { owner, objects, role, direct } of chosen) {
    if (sameRights(direct, givenNow(list, place, { owner, objects, role }))) continue;
    const privilege = { role_oid: role, direct: [...direct] };
    const entry = wanted.find((each) => each.owner_oid === owner && each.objects === objects);
    if (entry) entry.privileges.push(privilege);
    else wanted.push({ owner_oid: owner, objects, privileges: [privilege] });
  }
  return wanted;
}

/** What is given as things stand, a sentence each. What makers have on their own is not said. */
export function sentences(
  list: readonly DefaultPrivileges[],
  place: Place,
  nameOf: (role: number | null) => string,
): string[] {
  return list.flatMap(({ owner_oid, objects, privileges }) => {
    const about = { objects: objectsWords(objects), owner: nameOf(owner_oid) };
    const given = privileges
      .filter((each) => each.role_oid !== owner_oid)
      .map(({ role_oid, direct }) =>
        m.defaults_line({ ...about, role: nameOf(role_oid ?? null), rights: direct.join(", ") }),
      );
    const closed =
      place === "database" &&
      ofEverybody(objects).length > 0 &&
      !privileges.some((each) => (each.role_oid ?? null) === null);
    return closed ? [m.defaults_not_everybody(about), ...given] : given;
  });
}
