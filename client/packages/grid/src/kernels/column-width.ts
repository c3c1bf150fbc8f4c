/** Pure functions: how wide a column is. No state, no DOM. */

import type { KindId } from "../types.ts";

export const MIN_WIDTH = 40;
export const MAX_WIDTH = 1000;

/** What padding and line take of a cell's width. */
export const CELL_MARGINS = 17;

/** What fits a usual value of the kind at 13 px. */
const DEFAULT_WIDTH: Record<KindId, number> = {
  text: 180, number: 120, boolean: 90, date: 120, time: 110, timestamp: 180, timestamptz: 200, interval: 140, money: 120,
  email: 200, uri: 220, uuid: 300, json: 220, array: 180, enum: 130, bytes: 120, link: 180, file: 200, records: 240, user: 160,
  other: 160,
};

export function defaultWidth(kind: KindId): number {
  return DEFAULT_WIDTH[kind];
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
}

/** The width that shows the widest text, with the cell's inner margins. `measure` gives a text's width in pixels. */
export function fitWidth(header: string, texts: Iterable<string>, measure: (text: string) => number): number {
  const headerExtras = 56;
  let widest = measure(header) + headerExtras;
  for (const text of texts) {
    const firstLine = text.slice(0, 400).split("\n", 1)[0] ?? "";
    widest = Math.max(widest, Math.ceil(measure(firstLine)) + CELL_MARGINS);
  }
  return clampWidth(widest);
}
