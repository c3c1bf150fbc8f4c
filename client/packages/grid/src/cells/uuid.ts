import { invalid, plain, valid, type CellKind } from "./kind.ts";

/** Every form that PostgreSQL reads: braces and hyphens are optional, letters may be large. */
export const uuid: CellKind = {
  id: "uuid",
  align: "start",
  editor: "line",
  show: plain,
  edit: plain,
  parse(input, { messages }) {
    const digits = input.trim().replace(/^\{(.*)\}$/, "$1").replaceAll("-", "").toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(digits)) return invalid(messages.invalid.uuid(input));
    return valid(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
  },
};
