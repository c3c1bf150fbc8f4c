import { readArray, writeArray, type Item } from "../kernels/array-text.ts";
import { invalid, plain, valid, type CellKind } from "./kind.ts";

/** More tags than a cell can show only cost time. */
const MAX_TAGS = 12;

const itemText = (item: Item): string => (item === null ? "∅" : typeof item === "string" ? item : writeArray(item));

/** Arrays of any type, as tags; typed as PostgreSQL's literal, as JSON, or simply with commas. */
export const array: CellKind = {
  id: "array",
  align: "start",
  editor: "lines",
  show(value) {
    const items = readArray(plain(value));
    return items ? items.map(itemText).join(", ") : plain(value);
  },
  edit: plain,
  parse(input, { messages }) {
    const text = input.trim();
    if (!/^[{[]/.test(text)) return valid(writeArray(text.split(",").map((item) => item.trim())));
    const items = readArray(text);
    if (!items) return invalid(messages.invalid.array(input));
    // A literal with bounds says more than its items; it is kept.
    return valid(text.includes("]=") ? text : writeArray(items));
  },
  paint(element, value) {
    const items = readArray(plain(value));
    if (!items) return;
    const tags = items.slice(0, MAX_TAGS).map((item) => {
      const tag = document.createElement("span");
      tag.className = "grid-tag";
      tag.textContent = itemText(item);
      return tag;
    });
    element.replaceChildren(...tags, ...(items.length > MAX_TAGS ? [`+${items.length - MAX_TAGS}`] : []));
  },
};
