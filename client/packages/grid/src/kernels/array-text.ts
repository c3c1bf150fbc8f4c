/** Pure functions: PostgreSQL's array literals. No state, no DOM. */

/** An item is text, NULL, or a nested array. */
export type Item = string | null | readonly Item[];

/** Reads `{a,"b c",NULL,{…}}` (with or without bounds) or a JSON array of plain values; null when it is neither. */
export function readArray(text: string): readonly Item[] | null {
  const trimmed = text.trim();
  if (trimmed.startsWith("[") && !/^\[[-\d]+:/.test(trimmed)) return readJsonArray(trimmed);
  const start = trimmed.indexOf("{");
  if (start < 0 || !/^(\[[-\d]+:[-\d]+\])*=?$/.test(trimmed.slice(0, start))) return null;
  const reader = { text: trimmed, at: start, depth: 0 };
  const items = readLevel(reader);
  return items !== null && reader.at === trimmed.length ? items : null;
}

export function writeArray(items: readonly Item[]): string {
  return `{${items.map((item) => (item === null ? "NULL" : typeof item === "string" ? quote(item) : writeArray(item))).join(",")}}`;
}

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
}

/** PostgreSQL's own limit on an array's dimensions. */
const MAX_DEPTH = 6;

function readLevel(reader: Reader): Item[] | null {
  if (reader.depth >= MAX_DEPTH) return null;
  reader.depth++;
  const items = readItems(reader);
  reader.depth--;
  return items;
}

function readItems(reader: Reader): Item[] | null {
  const items: Item[] = [];
  reader.at++;
  skipBlanks(reader);
  if (reader.text[reader.at] === "}") {
    reader.at++;
    return items;
  }
  for (;;) {
    skipBlanks(reader);
    const item = readItem(reader);
    if (item === undefined) return null;
    items.push(item);
    skipBlanks(reader);
    const sign = reader.text[reader.at++];
    if (sign === "}") return items;
    if (sign !== ",") return null;
  }
}

function readItem(reader: Reader): Item | undefined {
  const sign = reader.text[reader.at];
  if (sign === "{") return readLevel(reader) ?? undefined;
  if (sign === '"') return readQuoted(reader);
  let raw = "";
  while (reader.at < reader.text.length && !",{}\"".includes(reader.text[reader.at]!)) {
    if (reader.text[reader.at] === "\\") reader.at++;
    raw += reader.text[reader.at++] ?? "";
  }
  raw = raw.trim();
  if (raw === "") return undefined;
  return raw.toUpperCase() === "NULL" ? null : raw;
}

function readQuoted(reader: Reader): string | undefined {
  let out = "";
  reader.at++;
  while (reader.at < reader.text.length) {
    const sign = reader.text[reader.at++]!;
    if (sign === '"') return out;
    out += sign === "\\" ? (reader.text[reader.at++] ?? "") : sign;
  }
  return undefined;
}

function skipBlanks(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? "")) reader.at++;
}

/** Numbers inside JSON are read as text, so that their digits stay exact. */
function readJsonArray(text: string): readonly Item[] | null {
  try {
    const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (m) => (m.startsWith('"') ? m : `"${m}"`));
    const value: unknown = JSON.parse(quoted);
    return Array.isArray(value) ? value.map(fromJson) : null;
  } catch {
    return null;
  }
}

function fromJson(value: unknown): Item {
  if (value === null || typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(fromJson);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function quote(text: string): string {
  const plain = text !== "" && !/[{}",\\\s]/.test(text) && text.toUpperCase() !== "NULL";
  return plain ? text : `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
