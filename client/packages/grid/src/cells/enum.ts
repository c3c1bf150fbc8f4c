import { invalid, plain, valid, type CellKind } from "./kind.ts";

/** Enums: one of the labels, chosen from a list or typed. */
export const enumeration: CellKind = {
  id: "enum",
  align: "start",
  editor: "list",
  show: plain,
  edit: plain,
  parse(input, { column, messages }) {
    const labels = column.enumValues;
    if (!labels || labels.includes(input)) return valid(input);
    const loose = labels.filter((label) => label.toLowerCase() === input.trim().toLowerCase());
    return loose.length === 1 ? valid(loose[0]!) : invalid(messages.invalid.enum(input));
  },
  choices: ({ column }) => (column.enumValues ?? []).map((label) => ({ value: label, label })),
  paint(element) {
    const tag = document.createElement("span");
    tag.className = "grid-tag";
    tag.textContent = element.textContent;
    element.replaceChildren(tag);
  },
};
