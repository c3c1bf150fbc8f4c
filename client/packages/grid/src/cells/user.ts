import { invalid, plain, valid, type CellContext, type CellKind } from "./kind.ts";

function nameOf(value: string | boolean, { column }: CellContext): string {
  const text = plain(value);
  return column.choices?.find((choice) => choice.value === text)?.label ?? text;
}

/** The number of a user, shown and chosen by name. Somebody who is gone from the list goes by the number. */
export const user: CellKind = {
  id: "user",
  align: "start",
  editor: "list",
  show: nameOf,
  edit: nameOf,
  parse(input, { column, messages }) {
    const text = input.trim();
    const found = column.choices?.find((choice) => choice.label === text);
    const loose = column.choices?.filter((choice) => choice.label.toLowerCase() === text.toLowerCase()) ?? [];
    if (found) return valid(found.value);
    if (loose.length === 1) return valid(loose[0]!.value);
    return /^\d+$/.test(text) ? valid(text) : invalid(messages.invalid.enum(input));
  },
  choices: ({ column }) => column.choices ?? [],
  paint(element) {
    const pill = document.createElement("span");
    pill.className = "grid-pill";
    pill.textContent = element.textContent;
    element.replaceChildren(pill);
  },
};
