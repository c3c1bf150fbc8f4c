/** Files in cells: `{"uri": …, "mash": …}`, where the address ends in the file's name. */

export interface CellFile {
  readonly uri: string;
  /** The secret mark that leads to the file. */
  readonly mash: string;
  readonly name: string;
}

/** A mark becomes a part of an address, so that anything else than what the server makes is none. */
const MASH = /^[0-9a-f]{64}$/;
const PICTURE = /\.(avif|gif|jpe?g|png|svg|webp)$/i;

/** The file of a cell; null for any other JSON, which such a column can hold as well. */
export function fileIn(text: string): CellFile | null {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || !("uri" in value) || !("mash" in value)) return null;
  const { uri, mash } = value;
  if (typeof uri !== "string" || typeof mash !== "string" || !MASH.test(mash)) return null;
  return { uri, mash, name: uri.slice(uri.lastIndexOf("/") + 1) };
}

export function isPicture(name: string): boolean {
  return PICTURE.test(name);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
