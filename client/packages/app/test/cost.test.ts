import { expect, it } from "vitest";
import { costWords } from "$/features/sql/cost";

it("says once of a table what the strongest lock and the most work are", () => {
  expect(costWords([])).toEqual([]);
  const words = costWords([
    { statement: 0, relation: "public.t", lock: "SHARE", work: "index" },
    { statement: 2, relation: "public.t", lock: "ACCESS EXCLUSIVE", work: "none" },
    { statement: 3, relation: "public.u", lock: "SHARE ROW EXCLUSIVE", work: "scan" },
  ]);
  expect(words).toHaveLength(2);
  expect(words[0]).toContain("public.t: all rows are read, and an index is built.");
  expect(words[0]).toContain("ACCESS EXCLUSIVE");
  expect(words[1]).toContain("Meanwhile others read, and wait with changes");
});
