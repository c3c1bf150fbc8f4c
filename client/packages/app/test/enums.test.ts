import type { EnumInfo } from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { changeOf, enumChoices, enumOf, valuesOf } from "$/features/schema-objects/enums";

const mood: EnumInfo = {
  oid: 1,
  schema_oid: 2,
  name: "mood",
  type: "public.mood",
  display_type: "mood",
  values: ["sad", "ok"],
  current_role_owns: true,
};

describe("an enum", () => {
  it("is written one value a line", () => {
    expect(valuesOf(" sad \n\nso so\n")).toEqual(["sad", "so so"]);
  });

  it("is changed by what differs", () => {
    expect(changeOf(mood, ["sad", "ok"], "", "")).toEqual({ renamed: [], added: [] });
    expect(changeOf(mood, ["low", "ok"], "worse\nbad", "sad")).toEqual({
      renamed: [{ value: "sad", new_value: "low" }],
      added: [
        { value: "worse", before: "low" },
        { value: "bad", before: "low" },
      ],
    });
    expect(changeOf(mood, ["sad", "ok"], "best", "").added).toEqual([{ value: "best" }]);
  });

  it("is a column's type by its whole name, unless the column has it already", () => {
    expect(enumChoices([mood], "text")).toEqual([{ value: "public.mood", label: "mood" }]);
    expect(enumChoices([mood], "mood")).toEqual([{ value: "mood", label: "mood" }]);
    expect([enumOf([mood], "mood"), enumOf([mood], "public.mood"), enumOf([mood], "text")]).toEqual([
      mood,
      mood,
      undefined,
    ]);
  });
});
