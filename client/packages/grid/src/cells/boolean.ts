import { invalid, valid, type CellContext, type CellKind } from "./kind.ts";

/** PostgreSQL's own spellings, with those of Excel and Sheets. */
const TRUE = /^(true|t|yes|y|on|1|☑|✓)$/i;
const FALSE = /^(false|f|no|n|off|0|☐)$/i;

const isTrue = (value: string | boolean): boolean => value === true || value === "true" || value === "t";

function label(value: string | boolean, { column, messages }: CellContext): string {
  return isTrue(value) ? (column.format?.trueLabel ?? messages.trueLabel) : (column.format?.falseLabel ?? messages.falseLabel);
}

/** `boolean`, as a checkbox or as words. */
export const boolean: CellKind = {
  id: "boolean",
  align: "center",
  editor: "toggle",
  show: label,
  edit: (value) => (isTrue(value) ? "TRUE" : "FALSE"),
  parse(input, context) {
    const text = input.trim();
    const matches = (words: RegExp, value: boolean): boolean =>
      words.test(text) || text.toLowerCase() === label(value, context).toLowerCase();
    if (matches(TRUE, true)) return valid(true);
    if (matches(FALSE, false)) return valid(false);
    return invalid(context.messages.invalid.boolean(input));
  },
  paint(element, value, { column }) {
    if (column.format?.booleanStyle === "words") return;
    const box = document.createElement("span");
    box.className = "grid-check";
    box.dataset["checked"] = String(isTrue(value));
    const words = document.createElement("span");
    words.className = "grid-hidden";
    words.textContent = element.textContent;
    element.replaceChildren(box, words);
  },
};
