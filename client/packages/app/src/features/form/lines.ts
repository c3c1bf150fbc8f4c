import type { ColumnInfo } from "@mathesar/api";
import type { HTMLInputAttributes } from "svelte/elements";

/** How a single line is typed into a column, with the help that the browser has for its kind. */
export function lineOf(column: ColumnInfo): Pick<HTMLInputAttributes, "type" | "inputmode" | "step" | "autocomplete"> {
  switch (column.family) {
    case "number":
    case "money":
      // Not `type="number"`, which would round.
      return { type: "text", inputmode: "decimal", autocomplete: "off" };
    case "date":
      return { type: "date" };
    case "time":
      return column.display_type.includes("with time zone") ? { type: "text" } : { type: "time", step: 1 };
    case "timestamp":
      return { type: "datetime-local", step: 1 };
    case "email":
      return { type: "email", inputmode: "email", autocomplete: "email" };
    case "uri":
      return { type: "url", inputmode: "url", autocomplete: "url" };
    default:
      return { type: "text" };
  }
}
