import type { PolicyInfo } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { changeOf, definitionOf, policyForm, type PolicyForm } from "$/features/schema-objects/policies";

const form: PolicyForm = { name: "own", command: "ALL", permissive: true, roles: [], using: "a = 1", check: "b = 2" };

describe("a policy", () => {
  it("has the conditions that its command takes", () => {
    expect(definitionOf(form)).toMatchObject({ using: "a = 1", check: "b = 2", role_oids: [], permissive: true });
    expect(definitionOf({ ...form, command: "INSERT" })).not.toHaveProperty("using");
    for (const command of ["SELECT", "DELETE"] as const) {
      expect(definitionOf({ ...form, command })).not.toHaveProperty("check");
    }
  });

  it("needs a name and a condition", () => {
    expect(definitionOf({ ...form, name: "" })).toBeNull();
    expect(definitionOf({ ...form, using: " ", check: "" })).toBeNull();
    expect(definitionOf({ ...form, command: "INSERT", check: "" })).toBeNull();
    expect(definitionOf({ ...form, using: "" })).not.toHaveProperty("using");
  });
});

describe("a change of a policy", () => {
  const policy: PolicyInfo = {
    oid: 7,
    name: "own",
    command: "ALL",
    permissive: true,
    role_oids: [3, 4],
    using: "(a = 1)",
    check: null,
  };
  const same = policyForm(policy);

  it("is only what differs", () => {
    expect(changeOf(policy, same)).toBeNull();
    expect(changeOf(policy, { ...same, roles: [4, 3] })).toBeNull();
    expect(changeOf(policy, { ...same, name: "other" })).toEqual({ name: "other" });
    expect(changeOf(policy, { ...same, roles: [], check: "b > 0" })).toEqual({ role_oids: [], check: "b > 0" });
  });

  it("takes no condition and no name away", () => {
    expect(changeOf(policy, { ...same, using: " ", name: "other" })).toBeNull();
    expect(changeOf(policy, { ...same, name: "" })).toBeNull();
  });
});
