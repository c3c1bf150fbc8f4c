import { m } from "$/paraglide/messages.js";
import type { PlanProblem } from "./plan";

export function problemWords(problem: PlanProblem): string {
  switch (problem.kind) {
    case "no-table-name":
      return m.import_no_table_name();
    case "no-columns":
      return m.import_no_columns();
    case "too-many-columns":
      return m.import_too_many_columns({ limit: problem.limit });
    case "no-name":
      return m.import_no_name({ number: problem.index + 1 });
    case "same-name":
      return m.import_same_name({ name: problem.name });
    case "failing":
      return m.import_failing({ name: problem.name, count: problem.count });
  }
}
