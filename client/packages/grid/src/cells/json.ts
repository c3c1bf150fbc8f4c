import { invalid, plain, valid, type CellKind } from "./kind.ts";

/** `json` and `jsonb`. The text itself is kept, because parsing and writing again would change large numbers. */
export const json: CellKind = {
  id: "json",
  align: "start",
  editor: "lines",
  show: (value) => plain(value).replace(/\s*\n\s*/g, " "),
  edit: plain,
  parse(input, { messages }) {
    try {
      JSON.parse(input);
      return valid(input);
    } catch (error) {
      return invalid(messages.invalid.json(error instanceof Error ? error.message : ""));
    }
  },
};
