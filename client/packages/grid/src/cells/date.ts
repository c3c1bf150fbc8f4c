import { dayPattern, readDay, showDay, writeIsoDay } from "../kernels/date-text.ts";
import { invalid, plain, valid, type CellKind } from "./kind.ts";

/** `date`: shown and read in the column's style, kept as ISO 8601. */
export const date: CellKind = {
  id: "date",
  align: "start",
  editor: "day",
  uncut: true,
  show: (value, { column, locale }) => showDay(plain(value), locale, column.format?.dateStyle ?? "locale"),
  // The friendly style names months; typing over it is easier in the locale's numbers.
  edit: (value, { column, locale }) => showDay(plain(value), locale, numericStyle(column.format?.dateStyle)),
  parse(input, { column, locale, messages, now }) {
    if (/^-?infinity$/i.test(input.trim())) return valid(input.trim().toLowerCase());
    const style = numericStyle(column.format?.dateStyle);
    const day = readDay(input, locale, style, now());
    return day ? valid(writeIsoDay(day)) : invalid(messages.invalid.date(input, dayPattern(locale, style)));
  },
};

/** The style in which dates are typed. */
export function numericStyle(style: "locale" | "iso" | "us" | "eu" | "friendly" | undefined): "locale" | "iso" | "us" | "eu" {
  return style === undefined || style === "friendly" ? "locale" : style;
}
