import { invalid, plain, valid, type CellKind } from "./kind.ts";
import { paintLink } from "./links.ts";

/** One sign @ between a name and a host, without blanks; the database's own check has the last word. */
const ADDRESS = /^[^\s@<>()[\],;:"]+@[^\s@.<>()[\],;:"]+(\.[^\s@.<>()[\],;:"]+)*$/;

export const email: CellKind = {
  id: "email",
  align: "start",
  editor: "line",
  show: plain,
  edit: plain,
  parse(input, { messages }) {
    const text = input.trim().replace(/^mailto:/i, "");
    return ADDRESS.test(text) ? valid(text) : invalid(messages.invalid.email(input));
  },
  paint: (element, value) => paintLink(element, `mailto:${plain(value)}`),
};
