/**
 * Pure functions: tables as HTML on the clipboard. No state; reading needs the browser's parser, which runs no scripts and
 * loads nothing for a document made by `DOMParser`.
 *
 * Our own tables carry each value exactly, so that NULL, booleans and digits survive a round trip inside the product.
 * Google Sheets and Excel carry unformatted numbers beside the shown ones; they are used, so that a pasted number does not
 * depend on the locale or on the number format of the other program.
 */

import type { CellValue } from "../types.ts";

/** A pasted cell: exact when it comes from this product, else text that the column's kind must understand. */
export type Pasted =
  | { readonly exact: true; readonly value: CellValue; readonly kind: string; readonly text: string }
  | { readonly exact: false; readonly text: string };

/** A copied cell: what others see, and what we read back. */
export interface Copied {
  readonly text: string;
  readonly value: CellValue;
  readonly kind: string;
}

const MARK = "data-mathesar";

/** Repetition over a merged cell is bounded, because a clipboard can claim any span. */
const MAX_SPAN = 1000;

export function writeHtmlTable(table: readonly (readonly Copied[])[]): string {
  const rows = table.map((row) => `<tr>${row.map(writeCell).join("")}</tr>`).join("");
  return `<meta charset="utf-8"><table ${MARK}="1">${rows}</table>`;
}

function writeCell(cell: Copied): string {
  const shown = escapeHtml(cell.text).replaceAll("\n", '<br style="mso-data-placement:same-cell">');
  return `<td ${MARK}-kind="${escapeHtml(cell.kind)}" ${MARK}-value="${escapeHtml(JSON.stringify(cell.value))}">${shown}</td>`;
}

/** The table on the clipboard, or null when the HTML is not one whose cells are better than the plain text beside it. */
export function readHtmlTable(html: string): Pasted[][] | null {
  if (!/<table/i.test(html)) return null;
  const document = new DOMParser().parseFromString(html, "text/html");
  const table = document.querySelector("table");
  if (!table || !isKnown(html, table)) return null;
  const ours = table.hasAttribute(MARK);
  return [...table.rows].map((row) => [...row.cells].flatMap((cell) => readCell(cell, ours)));
}

function isKnown(html: string, table: Element): boolean {
  return table.hasAttribute(MARK) || /google-sheets-html-origin|data-sheets-|urn:schemas-microsoft-com:office:excel/i.test(html);
}

function readCell(cell: HTMLTableCellElement, ours: boolean): Pasted[] {
  const filler: Pasted = { exact: false, text: "" };
  const own = (ours ? readOwn(cell) : null) ?? { exact: false as const, text: rawText(cell) };
  const span = Math.min(MAX_SPAN, Math.max(1, cell.colSpan || 1));
  return [own, ...Array.from({ length: span - 1 }, () => filler)];
}

function readOwn(cell: Element): Pasted | null {
  const text = cell.getAttribute(`${MARK}-value`);
  const kind = cell.getAttribute(`${MARK}-kind`) ?? "other";
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value === "string" || typeof value === "boolean") {
      return { exact: true, value, kind, text: shownText(cell) };
    }
  } catch {
    // Another program changed the attribute; what it shows is then what it means.
  }
  return null;
}

/** A day or a time, whose raw form in other programs is a count of days. */
const LOOKS_LIKE_DATE = /\d[-/.:]\d+[-/.:]\d|\d:\d|\p{L}/u;

/** Excel's `x:num` and Sheets' `data-sheets-value` hold the number without its format. */
function rawText(cell: Element): string {
  const shown = shownText(cell);
  if (LOOKS_LIKE_DATE.test(shown)) return shown;
  const excel = cell.getAttribute("x:num");
  if (excel) return excel;
  const sheets = cell.getAttribute("data-sheets-value");
  const number = sheets === null ? null : /"3":(-?[\d.]+(?:[eE][+-]?\d+)?)/.exec(sheets);
  return number ? number[1]! : shown;
}

function shownText(cell: Element): string {
  const copy = cell.cloneNode(true) as Element;
  for (const line of copy.querySelectorAll("br")) line.replaceWith("\u0000");
  // White space in HTML source is layout, except for the breaks that were just marked.
  return (copy.textContent ?? "").replace(/[ \t\r\n]+/g, " ").trim().replace(/ ?\u0000 ?/g, "\n");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
