/** The contract of a cell kind: how values of a family of types are shown, edited, copied and understood. */

import type { GridMessages } from "../messages.ts";
import type { CellValue, Column, KindId } from "../types.ts";

/** What showing and reading a value depends on. */
export interface CellContext {
  readonly column: Column;
  readonly locale: string;
  readonly timeZone: string;
  readonly messages: GridMessages;
  readonly now: () => Date;
  /** Label of the linked record, if the row carries one. */
  readonly label?: string | undefined;
}

/** A value that the database can be given, or the reason why the text is none. */
export type Parsed =
  | { readonly ok: true; readonly value: CellValue }
  | { readonly ok: false; readonly message: string };

/**
 * `toggle` changes at once, `host` asks the host for a picker, `page` leaves all of it to the host, `none` cannot be edited in
 * place.
 */
export type EditorKind = "line" | "lines" | "list" | "day" | "toggle" | "host" | "page" | "none";

export interface CellKind {
  readonly id: KindId;
  readonly align: "start" | "center" | "end";
  readonly editor: EditorKind;
  /** The text that stands in the cell. */
  show(value: string | boolean, context: CellContext): string;
  /** The text that an editor opens with and that a copy gives to other programs; `parse` understands it. */
  edit(value: string | boolean, context: CellContext): string;
  /** Reads text that is not empty. */
  parse(text: string, context: CellContext): Parsed;
  /** Draws more than text; the cell's text is already set when this is called. */
  paint?(element: HTMLElement, value: string | boolean, context: CellContext): void;
  /** The choices of a list editor. */
  choices?(context: CellContext): readonly { readonly value: CellValue; readonly label: string }[];
  /** True where a part of the text would be read as another value, so that it is shown whole or not at all. */
  readonly uncut?: boolean;
  /** False for kinds whose numbers the status bar must not add up. */
  readonly sums?: boolean;
}

export function valid(value: CellValue): Parsed {
  return { ok: true, value };
}

export function invalid(message: string): Parsed {
  return { ok: false, message };
}

/** For kinds that show and edit exactly the text that PostgreSQL sent. */
export function plain(value: string | boolean): string {
  return typeof value === "string" ? value : String(value);
}
