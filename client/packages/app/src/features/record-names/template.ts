/** How the records of a table are called: texts and values of columns, one behind the other. Pure. */

import type { ColumnInfo } from "@mathesar/api";
import { session } from "$/data/session.svelte";

export type NamePart =
  | { readonly kind: "text"; readonly text: string }
  /** Attribute numbers: a column of the table, or a link and a column of the record that it leads to, and so on. */
  | { readonly kind: "column"; readonly chain: readonly number[] };

/** Links that a chain may follow, as many as the server follows. */
export const mostLinks = 5;
/** Parts that a name may have, as many as the server puts together. */
export const mostParts = 50;

/** Null where nobody chose anything, or something that was not written by us. */
export function readTemplate(stored: readonly unknown[] | null | undefined): NamePart[] | null {
  const parts = (stored ?? []).map((part): NamePart | null => {
    if (typeof part === "string") return { kind: "text", text: part };
    return Array.isArray(part) && part.length > 0 && part.every(Number.isInteger)
      ? { kind: "column", chain: part as number[] }
      : null;
  });
  return parts.length > 0 && parts.every((part) => part !== null) ? parts : null;
}

/** As it is stored; what says nothing is left out. */
export function writeTemplate(parts: readonly NamePart[]): (string | number[])[] {
  return parts.map((part) => (part.kind === "text" ? part.text : [...part.chain])).filter((part) => part.length > 0);
}

/** What records are called by while nobody has chosen anything: the first column of text, else the first one. */
export function usualTemplate(columns: readonly ColumnInfo[]): NamePart[] {
  const column = columns.find(({ family }) => family === "text") ?? columns[0];
  return column ? [{ kind: "column", chain: [column.id] }] : [];
}

/** The next column of a name: the first one that does not stand in it yet, as far as there is one. */
export function nextPart(columns: readonly ColumnInfo[], parts: readonly NamePart[]): NamePart | undefined {
  const isTaken = (attnum: number) => parts.some((part) => part.kind === "column" && part.chain[0] === attnum);
  return usualTemplate(columns.filter(({ id }) => !isTaken(id)))[0] ?? usualTemplate(columns)[0];
}

/** Whether the user may set how the table is shown; the database says who may. */
export function maySetLooks(access: "collaborators" | "owners" | undefined, ownsTable: boolean): boolean {
  return access === "collaborators" || (access === "owners" && (ownsTable || session.isSuperuser));
}
