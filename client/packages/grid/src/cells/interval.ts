import { readInterval, showInterval, writeInterval } from "../kernels/interval-text.ts";
import { invalid, plain, valid, type CellKind } from "./kind.ts";

/** `interval`: months, days and time are three things and stay so. */
export const interval: CellKind = {
  id: "interval",
  align: "start",
  editor: "line",
  uncut: true,
  show(value, { locale }) {
    const read = readInterval(plain(value));
    return read ? showInterval(read, locale) : plain(value);
  },
  edit(value) {
    const read = readInterval(plain(value));
    return read ? writeInterval(read) : plain(value);
  },
  parse(input, { messages }) {
    const read = readInterval(input);
    return read ? valid(writeInterval(read)) : invalid(messages.invalid.interval(input));
  },
};
