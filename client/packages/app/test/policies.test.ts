import { describe, expect, it } from "vitest";
import { definitionOf, type PolicyForm } from "$/features/schema-objects/policies";

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
