/** Pure functions: tab-separated text as Excel and Google Sheets put it on the clipboard. No state, no DOM. */

/** One table of texts; rows may differ in length while reading, never while writing. */
export type TextTable = readonly (readonly string[])[];

/** Quotes a cell only where Excel does: when it holds a tab, a line break or a leading quote. */
export function writeTsv(table: TextTable): string {
  return table.map((row) => row.map(quote).join("\t")).join("\r\n");
}

function quote(text: string): string {
  return /[\t\r\n]|^"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Reads tab-separated text. A quote opens a quoted cell only at the cell's start, and only if it is closed just before a tab,
 * a line end or the end of the text; any other quote is an ordinary sign, because people also paste `5" pipe` and `"so-called" fix`.
 */
export function readTsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at <= text.length) {
    const cell = readCell(text, at);
    rows[rows.length - 1]!.push(cell.text);
    at = cell.end;
    if (at >= text.length) break;
    if (text[at] === "\t") {
      at++;
      continue;
    }
    at += text.startsWith("\r\n", at) ? 2 : 1;
    // Excel closes the last row with a line break too, which is not another row.
    if (at >= text.length) break;
    rows.push([]);
  }
  return rows;
}

function readCell(text: string, start: number): { text: string; end: number } {
  if (text[start] === '"') {
    const end = closingQuote(text, start);
    if (end !== null) return { text: normaliseBreaks(text.slice(start + 1, end).replaceAll('""', '"')), end: end + 1 };
  }
  let end = start;
  while (end < text.length && text[end] !== "\t" && text[end] !== "\n" && text[end] !== "\r") end++;
  return { text: text.slice(start, end), end };
}

/** Where a quoted cell ends, or null when what follows shows that it is not a quoted cell. */
function closingQuote(text: string, start: number): number | null {
  let at = start + 1;
  for (;;) {
    at = text.indexOf('"', at);
    if (at < 0) return null;
    const after = text[at + 1];
    if (after !== '"') return after === undefined || after === "\t" || after === "\n" || after === "\r" ? at : null;
    at += 2;
  }
}

function normaliseBreaks(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
