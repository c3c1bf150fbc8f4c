import { readTime, showTime } from "../kernels/date-text.ts";
import { splitOffset } from "../kernels/instant-text.ts";
import { invalid, plain, valid, type CellKind } from "./kind.ts";

/** `time` and `timetz`; a zone's offset is kept as it is. */
export const time: CellKind = {
  id: "time",
  align: "start",
  editor: "line",
  uncut: true,
  show: (value, { column, locale }) => showTime(plain(value), locale, column.format?.hour12 ?? false),
  edit: plain,
  parse(input, { messages }) {
    // The leading sign lets `splitOffset` see a time, which it otherwise looks for after a day.
    const { rest, offset } = splitOffset(`T${input.trim()}`);
    const clock = readTime(rest.slice(1));
    return clock === null ? invalid(messages.invalid.time(input)) : valid(`${clock}${offset ?? ""}`);
  },
};
