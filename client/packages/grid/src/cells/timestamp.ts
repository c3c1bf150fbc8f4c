import { dayPattern, readDay, readTime, showDay, showTime, writeIsoDay } from "../kernels/date-text.ts";
import { invalid, plain, valid, type CellContext, type CellKind } from "./kind.ts";
import { numericStyle } from "./date.ts";

const PARTS = /^(\S+)[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(\s+(?:AD|BC))?$/i;

/** `timestamp without time zone`: a day and a clock, without any conversion. */
export const timestamp: CellKind = {
  id: "timestamp",
  align: "start",
  editor: "line",
  uncut: true,
  show: (value, context) => showStamp(plain(value), context, context.column.format?.dateStyle ?? "locale"),
  edit: (value, context) => showStamp(plain(value), context, numericStyle(context.column.format?.dateStyle)),
  parse(input, context) {
    if (/^-?infinity$/i.test(input.trim())) return valid(input.trim().toLowerCase());
    const local = readStamp(input, context);
    return local ? valid(`${local.day}T${local.time}${local.bc ? " BC" : ""}`) : invalidStamp(input, context);
  },
};

export function invalidStamp(input: string, { column, locale, messages }: CellContext): ReturnType<typeof invalid> {
  const pattern = `${dayPattern(locale, numericStyle(column.format?.dateStyle))} HH:MM:SS`;
  return invalid(messages.invalid.timestamp(input, pattern));
}

export function showStamp(text: string, { column, locale }: CellContext, style: "locale" | "iso" | "us" | "eu" | "friendly"): string {
  const match = PARTS.exec(text);
  if (!match) return text;
  const [, day = "", clock = "", era = ""] = match;
  return `${showDay(`${day}${era}`, locale, style)} ${showTime(clock, locale, column.format?.hour12 ?? false)}`;
}

/** A day with or without a clock; without one it is midnight. */
export function readStamp(input: string, { column, locale, now }: CellContext): { day: string; time: string; bc: boolean } | null {
  const era = /\s+(AD|BC)$/i.exec(input);
  const text = (era ? input.slice(0, era.index) : input).trim();
  const style = numericStyle(column.format?.dateStyle);
  const split = /^(.*?)(?:[T,]?\s+|T)(\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{1,6})?(?:\s*[ap]\.?\s?m\.?)?|\d{1,2}\s*[ap]\.?m\.?)$/i.exec(text);
  const day = readDay(split ? split[1]! : text, locale, style, now());
  const clock = split ? readTime(split[2]!) : "00:00:00";
  if (!day || clock === null) return null;
  return { day: writeIsoDay({ ...day, bc: false }), time: clock, bc: /bc/i.test(era?.[1] ?? "") };
}
