import { compare, isSpecialNumber, isWhole, wholePart } from "../kernels/decimal.ts";
import { editNumber, readNumber, showNumber } from "../kernels/number-text.ts";
import { invalid, plain, valid, type CellContext, type CellKind, type Parsed } from "./kind.ts";

/** `int2` to `int8`, `numeric`, `float4`, `float8`: digits that are never turned into a JavaScript number. */
export const number: CellKind = {
  id: "number",
  align: "end",
  editor: "line",
  sums: true,
  uncut: true,
  show: (value, context) => showNumber(plain(value), context.locale, {
    grouping: context.column.format?.grouping ?? defaultGrouping(context),
    minFraction: context.column.format?.minFraction,
    maxFraction: context.column.format?.maxFraction,
  }),
  edit: (value, { locale }) => editNumber(plain(value), locale),
  parse: (input, context) => parseNumber(input, context),
};

/** Keys are names, so they have no groups; whole numbers have them from five digits on, so that a year stays 1921. */
function defaultGrouping({ column }: CellContext): boolean | "min2" {
  if (column.primaryKey) return false;
  return column.integer ? "min2" : true;
}

/** Reads a number and checks it against what the column's type can hold. */
export function parseNumber(input: string, context: CellContext): Parsed {
  const { column, locale, messages } = context;
  const digits = readNumber(input, locale);
  if (digits === null) return invalid(messages.invalid.number(input));
  if (isSpecialNumber(digits)) {
    return column.integer ? invalid(messages.invalid.integer(input)) : valid(digits);
  }
  if (column.integer && !isWhole(digits)) return invalid(messages.invalid.integer(input));
  const value = column.integer ? wholePart(digits) : digits;
  const { min, max } = column;
  const tooSmall = min !== undefined && compare(value, min) < 0;
  const tooLarge = max !== undefined && compare(value, max) > 0;
  return tooSmall || tooLarge ? invalid(messages.invalid.outOfRange(min ?? "", max ?? "")) : valid(value);
}
