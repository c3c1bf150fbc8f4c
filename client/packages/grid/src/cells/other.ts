import { plain, valid, type CellKind } from "./kind.ts";

/** Every type without a kind of its own: PostgreSQL's text, and PostgreSQL decides what it takes back. */
export const other: CellKind = {
  id: "other",
  align: "start",
  editor: "lines",
  show: (value) => plain(value).replace(/\r?\n/g, " ⏎ "),
  edit: plain,
  parse: (input) => valid(input),
};
