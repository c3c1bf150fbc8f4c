import type { ReachReason, RoleReach, TableReach } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { firstOf, found, isReached, laterWords, limitWords, whyWords } from "$/features/permissions/reach";

const granted: ReachReason = { by: "grant", via: [], set_role: null, privileges: ["SELECT"], columns: [] };

function table(name: string, change: Partial<TableReach> = {}): TableReach {
  const reach = { privileges: ["SELECT"], reasons: [granted] };
  return { oid: 10, schema_oid: 1, name, type: "table", reach, missing: [], policies: null, ...change };
}

const none = { privileges: [], reasons: [] };
const role: RoleReach = {
  database: none,
  schemas: [
    { oid: 1, name: "Sales", reach: none },
    { oid: 2, name: "empty", reach: none },
  ],
  tables: [table("orders"), table("Prices", { missing: ["USAGE"] }), table("hidden", { reach: none, policies: [] })],
  tables_left: 0,
  defaults: [],
};

function names(groups: ReturnType<typeof found>): string[] {
  return groups.map(({ schema, tables }) => `${schema.name}: ${tables.map(({ name }) => name).join(" ")}`);
}

describe("what a role can reach", () => {
  it("is found by the name of a table or of its schema", () => {
    expect(names(found(role, "", false))).toEqual(["Sales: orders Prices hidden", "empty: "]);
    expect(names(found(role, " PRI ", false))).toEqual(["Sales: Prices"]);
    expect(names(found(role, "sal", false))).toEqual(["Sales: orders Prices hidden"]);
    expect(names(found(role, "empt", false))).toEqual(["empty: "]);
  });

  it("is without what is of no use, when that is asked", () => {
    expect(names(found(role, "", true))).toEqual(["Sales: orders"]);
    const later = { ...granted, set_role: "another" };
    expect(isReached(table("later", { reach: { privileges: [], reasons: [later] } }))).toBe(false);
    expect(isReached(table("some columns", { reach: { privileges: [], reasons: [later, granted] } }))).toBe(true);
  });

  it("is cut after so many tables, and says how many are left", () => {
    const { groups, left } = firstOf(found(role, "", false), 2);
    expect(names(groups)).toEqual(["Sales: orders Prices", "empty: "]);
    expect(left).toBe(1);
  });

  it("is explained by what gives it and by which way", () => {
    expect(whyWords(granted)).toBe("granted to the role itself");
    expect(whyWords({ ...granted, by: "owner", via: ["a", "b", "c"], set_role: "b" })).toBe(
      "as a member of c, which owns it, by way of a → b, only after SET ROLE b",
    );
    expect(whyWords({ ...granted, by: "public" })).toBe("granted to everybody (PUBLIC)");
  });

  it("is told of what is made later", () => {
    const given = { owner: "boss", schema_oid: 1, objects: "tables", reasons: [granted] } as const;
    expect(laterWords({ ...given, reasons: [granted] }, role.schemas)).toBe("Tables that boss makes in Sales");
    expect(laterWords({ ...given, reasons: [granted], schema_oid: null }, role.schemas)).toBe(
      "Tables that boss makes in any schema",
    );
  });

  it("is told to be less than it seems", () => {
    const policy = { name: "mine", command: "SELECT", permissive: true };
    expect(limitWords(table("t", { missing: ["CONNECT", "USAGE"] }))).toHaveLength(2);
    expect(limitWords(table("t", { policies: [policy] }))[0]).toContain("mine (SELECT)");
    expect(limitWords(table("t", { policies: [{ ...policy, permissive: false }] }))[0]).toContain("no policy");
    expect(limitWords(table("t", { reach: none, missing: ["USAGE"], policies: [] }))).toEqual([]);
  });
});
