import { invalid, plain, valid, type CellKind } from "./kind.ts";

/** `text`, `varchar`, `char`, `name`: any text; the length limit of `varchar(n)` counts characters, as PostgreSQL does. */
export const text: CellKind = {
  id: "text",
  align: "start",
  editor: "lines",
  // One row shows one line; a sign marks where the line broke.
  show: (value) => plain(value).replace(/\r?\n/g, " ⏎ "),
  edit: plain,
  parse(input, { column, messages }) {
    const limit = column.maxLength;
    if (limit !== undefined && input.length > limit) {
      const length = [...input].length;
      if (length > limit) return invalid(messages.invalid.tooLong(length, limit));
    }
    return valid(input);
  },
};
