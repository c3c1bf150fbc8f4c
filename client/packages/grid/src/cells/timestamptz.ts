import { fromLocal, splitOffset, toLocal } from "../kernels/instant-text.ts";
import { numericStyle } from "./date.ts";
import { plain, valid, type CellContext, type CellKind } from "./kind.ts";
import { invalidStamp, readStamp, showStamp } from "./timestamp.ts";

/** `timestamp with time zone`: an instant, shown and typed in the reader's zone unless the text names another. */
export const timestamptz: CellKind = {
  id: "timestamptz",
  align: "start",
  editor: "line",
  uncut: true,
  show: (value, context) => showInstant(plain(value), context, context.column.format?.dateStyle ?? "locale"),
  edit: (value, context) => showInstant(plain(value), context, numericStyle(context.column.format?.dateStyle)),
  parse(input, context) {
    if (/^-?infinity$/i.test(input.trim())) return valid(input.trim().toLowerCase());
    const { rest, offset } = splitOffset(input);
    const local = readStamp(rest, context);
    if (!local) return invalidStamp(input, context);
    if (offset !== null) return valid(`${local.day}T${local.time}${offset}${local.bc ? " BC" : ""}`);
    return local.bc ? invalidStamp(input, context) : valid(fromLocal(local, context.timeZone));
  },
};

function showInstant(text: string, context: CellContext, style: "locale" | "iso" | "us" | "eu" | "friendly"): string {
  const local = toLocal(text, context.timeZone);
  return local ? showStamp(`${local.day} ${local.time}`, context, style) : text;
}
