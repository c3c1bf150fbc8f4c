import { fileIn, isPicture } from "../kernels/file-text.ts";
import { json } from "./json.ts";
import { plain, type CellKind } from "./kind.ts";

/** Pixels of a side of the picture in a cell, twice over for dense screens. */
const PICTURE = 48;

/** A file: its name, and a small picture of what is one. The host owns adding and looking at it, because only it can reach the server. */
export const file: CellKind = {
  id: "file",
  align: "start",
  editor: "host",
  show: (value) => fileIn(plain(value))?.name ?? plain(value),
  edit: plain,
  parse: json.parse,
  paint(element, value, { column }) {
    const found = fileIn(plain(value));
    if (!found) return;
    const pill = document.createElement("span");
    pill.className = "grid-file";
    if (column.files && isPicture(found.name)) pill.append(picture(`${column.files}${found.mash}/thumbnail/`));
    pill.append(found.name);
    element.replaceChildren(pill);
  },
};

function picture(address: string): HTMLImageElement {
  const image = document.createElement("img");
  image.alt = "";
  image.draggable = false;
  image.src = `${address}?width=${PICTURE}&height=${PICTURE}`;
  image.onerror = () => image.remove();
  return image;
}
