import type { ColumnRolePrivileges, DefaultPrivileges } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import * as columns from "$/features/permissions/columnRights";
import * as defaults from "$/features/permissions/defaultRights";
import { kindOf, levelOf } from "$/features/permissions/rights";

describe("rights on a table", () => {
  it("have MAINTAIN only where PostgreSQL has it, and the same levels everywhere", () => {
    const [older, newer] = [kindOf("table", "16.14"), kindOf("table", "17.10 (Debian 17.10-1)")];
    expect(older.rights).not.toContain("MAINTAIN");
    expect(newer.rights).toEqual([...older.rights, "MAINTAIN"]);
    for (const kind of [older, newer]) {
      expect(levelOf(kind, ["SELECT", "DELETE", "UPDATE", "INSERT"])?.id).toBe("write");
      expect(levelOf(kind, ["SELECT", "MAINTAIN"])).toBeNull();
    }
  });
});

describe("rights on columns", () => {
  const before = columns.byColumn([{ role_oid: 1, attnum: 2, direct: ["SELECT", "UPDATE"] }]);

  it("are asked for where they differ, and in no other order than that of being given", () => {
    const more = columns.changeOn(before, 1, [2, 3], "SELECT", true);
    const wanted: ColumnRolePrivileges[] = [{ role_oid: 1, attnum: 3, direct: ["SELECT"] }];
    expect(columns.differing(more, before)).toEqual(wanted);
    expect(columns.differing(columns.changeOn(more, 1, [3], "SELECT", false), before)).toEqual([]);
    const none = columns.changeOn(columns.changeOn(before, 1, [2], "UPDATE", false), 1, [2], "SELECT", false);
    expect(columns.differing(none, before)).toEqual([{ role_oid: 1, attnum: 2, direct: [] }]);
    expect([columns.countOf(more, 1), columns.countOf(none, 1), columns.countOf(more, 2)]).toEqual([2, 0, 0]);
  });
});

describe("rights that are given by default", () => {
  const list: DefaultPrivileges[] = [
    { owner_oid: 1, objects: "tables", privileges: [{ role_oid: 2, direct: ["SELECT"] }] },
    {
      owner_oid: 1,
      objects: "functions",
      privileges: [
        { role_oid: 1, direct: ["EXECUTE"] },
        { role_oid: 2, direct: ["EXECUTE"] },
      ],
    },
  ];
  const now = (place: defaults.Place, objects: "tables" | "functions" | "types", role: number | null) =>
    defaults.givenNow(list, place, { owner: 1, objects, role });

  it("start from PostgreSQL's own in a database, and from nothing in a schema", () => {
    expect(now("database", "tables", 2)).toEqual(["SELECT"]);
    expect(now("database", "functions", null)).toEqual([]);
    expect(now("database", "types", null)).toEqual(["USAGE"]);
    expect(now("schema", "types", null)).toEqual([]);
  });

  it("are asked for where they differ, by who makes what", () => {
    const given = { owner: 1, objects: "tables" } as const;
    const chosen: defaults.Given[] = [
      { ...given, role: 2, direct: ["SELECT"] },
      { ...given, role: 3, direct: ["SELECT"] },
      { ...given, role: null, direct: ["INSERT"] },
      { ...given, objects: "types", role: null, direct: ["USAGE"] },
    ];
    expect(defaults.differing(chosen, list, "database")).toEqual([
      {
        owner_oid: 1,
        objects: "tables",
        privileges: [
          { role_oid: 3, direct: ["SELECT"] },
          { role_oid: null, direct: ["INSERT"] },
        ],
      },
    ]);
  });

  it("are said in sentences", () => {
    const nameOf = (role: number | null) => (role === null ? "everybody" : `r${role}`);
    expect(defaults.sentences(list, "database", nameOf)).toEqual([
      "Tables that r1 makes here later are given to r2: SELECT",
      "Functions that r1 makes here later are not open to everybody.",
      "Functions that r1 makes here later are given to r2: EXECUTE",
    ]);
    expect(defaults.sentences(list, "schema", nameOf)).toHaveLength(2);
    expect(defaults.objectsIn("schema", "18.1").map(({ value }) => value)).not.toContain("schemas");
    expect(defaults.objectsIn("database", "18.1").map(({ value }) => value)).toContain("large_objects");
    expect(defaults.objectsIn("database", "17.5").map(({ value }) => value)).not.toContain("large_objects");
  });
});
