import { plain, valid, type CellKind } from "./kind.ts";

/** A foreign key: the linked record's label as a pill. The host owns the picker, because only it can search records. */
export const link: CellKind = {
  id: "link",
  align: "start",
  editor: "host",
  show: (value, { label }) => label ?? plain(value),
  edit: plain,
  parse: (input) => valid(input.trim()),
  paint(element, _value, { messages }) {
    const pill = document.createElement("span");
    pill.className = "grid-pill";
    pill.textContent = element.textContent;
    const open = document.createElement("span");
    open.className = "grid-pill-open";
    open.dataset["gridAction"] = "open-link";
    open.title = messages.openLink;
    open.ariaHidden = "true";
    element.replaceChildren(pill, open);
  },
};
