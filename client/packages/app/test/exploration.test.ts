import {
  ConnectionLost,
  errorCodes,
  RpcFailure,
  type ExplorationDef,
  type ExplorationFilter,
  type Transformation,
} from "@mathesar/api";
import { describe, expect, it } from "vitest";
import { Aliases } from "$/features/exploration/aliases";
import { blankStep, draftOf, idsIn, newStep, readDraft, renamed, writeDraft } from "$/features/exploration/draft";
import { moved } from "$/ui/moved";
import { explorationFailure } from "$/features/exploration/failure";

const base: ExplorationDef = {
  base_table_oid: 100,
  initial_columns: [
    { alias: "title", attnum: 2 },
    {
      alias: "author name",
      attnum: 2,
      join_path: [
        [
          [100, 3],
          [200, 1],
        ],
      ],
    },
  ],
};

function through(transformations: Transformation[]): ExplorationDef {
  const aliases = new Aliases();
  return writeDraft(readDraft({ ...base, transformations }, aliases), aliases).definition;
}

const title = { column_name: ["title"] as [string] };
const literal = (value: unknown) => ({ literal: [value] as [unknown] });
const summary = {
  base_grouping_column: "author name",
  grouping_expressions: [{ input_alias: "author name", output_alias: "author name" }],
  aggregation_expressions: [{ input_alias: "title", output_alias: "books", function: "count" }],
};

describe("a definition that is read and written again", () => {
  it.each<[string, Transformation]>([
    ["one condition", { type: "filter", spec: { equal: [title, literal("Atlas")] } }],
    ["an operator without operands", { type: "filter", spec: { null: [title] } }],
    ["two operands", { type: "filter", spec: { between: [title, literal("A"), literal("B")] } }],
    ["a list", { type: "filter", spec: { in: [title, literal(["A", "B"])] } }],
    [
      "groups",
      {
        type: "filter",
        spec: { or: [{ null: [title] }, { not: [{ or: [{ null: [title] }, { not_null: [title] }] }] }] },
      },
    ],
    ["a comparison of two columns, which the form cannot show", { type: "filter", spec: { equal: [title, title] } }],
    ["an empty text, which the form cannot show", { type: "filter", spec: { equal: [title, literal("")] } }],
    ["a filter that only other versions know", { type: "filter", spec: { resembles: [title, literal("x")] } }],
    [
      "an order",
      {
        type: "order",
        spec: [
          { field: "title", direction: "desc", nullslast: true },
          { field: "author name", direction: "asc" },
        ],
      },
    ],
    ["a summary with all columns", { type: "summarize", spec: summary }],
    ["hidden columns", { type: "hide", spec: ["title"] }],
    ["chosen columns", { type: "select", spec: ["title"] }],
    ["a limit", { type: "limit", spec: 5 }],
    ["an offset", { type: "offset", spec: 5 }],
  ])("keeps %s", (_, transformation) => {
    expect(through([transformation])).toEqual({ ...base, transformations: [transformation] });
  });

  it("keeps names, and has no steps where there are none", () => {
    const aliases = new Aliases();
    const named = { ...base, display_names: { title: "Book" } };
    expect(writeDraft(readDraft({ ...named, transformations: [] }, aliases), aliases).definition).toEqual(named);
  });

  it("shows a selection that only serves a summary as a part of it", () => {
    const transformations: Transformation[] = [
      { type: "select", spec: ["author name", "title"] },
      { type: "summarize", spec: summary },
    ];
    const draft = readDraft({ ...base, transformations }, new Aliases());
    expect(draft.steps).toMatchObject([{ kind: "summarize", summary: { keepsOthers: false } }]);
    expect(through(transformations)).toEqual({ ...base, transformations });
    const wider: Transformation[] = [{ type: "select", spec: ["author name", "title", "price"] }, ...transformations];
    expect(readDraft({ ...base, transformations: wider }, new Aliases()).steps).toHaveLength(2);
  });

  it("groups by the base column, as the server does where the definition does not say so", () => {
    const spec = { ...summary, grouping_expressions: [] };
    const [written] = through([{ type: "summarize", spec }]).transformations ?? [];
    const output_alias = "author name_grouped";
    const grouping_expressions = [{ input_alias: "author name", output_alias }];
    expect(written).toEqual({ type: "summarize", spec: { ...spec, grouping_expressions } });
  });

  it("turns a condition around that holds when none of several does", () => {
    const aliases = new Aliases();
    const spec: ExplorationFilter = { not: [{ and: [{ null: [title] }, { not_null: [title] }] }] };
    const draft = readDraft({ ...base, transformations: [{ type: "filter", spec }] }, aliases);
    expect(draft.steps).toMatchObject([{ kind: "filter", filter: { mode: "not", items: [{ mode: "and" }] } }]);
    expect(writeDraft(draft, aliases).definition.transformations).toEqual([{ type: "filter", spec }]);
  });
});

describe("a draft", () => {
  it("writes only what is complete, and says where each of its steps ends", () => {
    const aliases = new Aliases();
    const draft = draftOf(100, [{ id: 2, name: "title" }], aliases);
    const steps = [
      blankStep("filter", []),
      blankStep("summarize", draft.columns),
      blankStep("order", []),
      newStep({ kind: "limit", rows: 3 }),
    ];
    const { definition, ends } = writeDraft({ ...draft, steps }, aliases);
    expect(definition.transformations?.map(({ type }) => type)).toEqual(["select", "summarize", "limit"]);
    expect(ends).toEqual([0, 2, 2, 3]);
  });

  it("gives a second column of one name another alias, and the first one's again when it is gone", () => {
    const aliases = new Aliases();
    const draft = draftOf(100, [{ id: 2, name: "title" }], aliases);
    expect(aliases.aliasOf(aliases.free("title", idsIn(draft)))).toBe("title 2");
    expect(aliases.aliasOf(aliases.free("title", new Set()))).toBe("title");
  });

  it("goes by the alias without another name", () => {
    const aliases = new Aliases();
    const draft = draftOf(100, [{ id: 2, name: "title" }], aliases);
    const named = renamed(draft, 0, "Book", aliases);
    expect(writeDraft(named, aliases).definition.display_names).toEqual({ title: "Book" });
    for (const none of ["", "  ", "title"]) {
      expect(writeDraft(renamed(named, 0, none, aliases), aliases).definition.display_names).toBeUndefined();
    }
  });

  it("moves an item by one place", () => {
    expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  });
});

describe("a failure", () => {
  const refused = (code: number, message: string) => new RpcFailure(code, message, null);

  it("is told at the column that it is about, without its path", () => {
    const error = refused(
      errorCodes.insufficientPrivilege,
      "exploration_def.initial_columns[1].attnum: your role may not read the column a",
    );
    expect(explorationFailure(error, 0)).toMatchObject({
      column: 1,
      isInside: true,
      words: { detail: "Your role may not read the column a" },
    });
  });

  it("does not tell numbers of what is gone", () => {
    const error = refused(errorCodes.undefinedColumn, "exploration_def.initial_columns[1].attnum: no column 9");
    expect(explorationFailure(error, 0).words.detail).toBe("This column is gone, or your role may not see it.");
  });

  it("says that the table is gone", () => {
    const error = refused(
      errorCodes.undefinedTable,
      "exploration_def.base_table_oid: there is no table 5 that you may see",
    );
    expect(explorationFailure(error, 0)).toMatchObject({ isBaseGone: true });
    const other = refused(
      errorCodes.undefinedTable,
      "exploration_def.initial_columns[0].join_path[0]: there is no table 5",
    );
    expect(explorationFailure(other, 0)).toMatchObject({ isBaseGone: false, column: 0 });
  });

  it("belongs to a step when PostgreSQL refuses it, and to none when the connection is lost", () => {
    const error = refused(errorCodes.invalidText, "22P02: invalid input syntax");
    expect(explorationFailure(error, 2)).toMatchObject({ stage: 2, isInside: true });
    expect(explorationFailure(error, 0).isInside).toBe(false);
    expect(explorationFailure(new ConnectionLost("down"), 2).isInside).toBe(false);
  });
});
