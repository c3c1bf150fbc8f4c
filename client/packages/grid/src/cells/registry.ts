/** All cell kinds, and what holds for every kind: NULL, emptiness and what may not be written. */

import type { CellValue, Column, KindId } from "../types.ts";
import { array } from "./array.ts";
import { boolean } from "./boolean.ts";
import { bytes } from "./bytes.ts";
import { date } from "./date.ts";
import { email } from "./email.ts";
import { enumeration } from "./enum.ts";
import { file } from "./file.ts";
import { interval } from "./interval.ts";
import { json } from "./json.ts";
import { invalid, valid, type CellContext, type CellKind, type Parsed } from "./kind.ts";
import { link } from "./link.ts";
import { money } from "./money.ts";
import { number } from "./number.ts";
import { other } from "./other.ts";
import { records } from "./records.ts";
import { text } from "./text.ts";
import { time } from "./time.ts";
import { timestamp } from "./timestamp.ts";
import { timestamptz } from "./timestamptz.ts";
import { uri } from "./uri.ts";
import { user } from "./user.ts";
import { uuid } from "./uuid.ts";

export const cellKinds = {
  text, number, boolean, date, time, timestamp, timestamptz, interval, money, email, uri, uuid, json, array,
  enum: enumeration, bytes, link, file, records, user, other,
} satisfies Record<KindId, CellKind>;

export function kindOf(column: Column): CellKind {
  return cellKinds[column.kind];
}

/** Text of a cell as it is shown; NULL is empty. */
export function showValue(value: CellValue, context: CellContext): string {
  return value === null ? "" : kindOf(context.column).show(value, context);
}

/** Text of a cell as an editor opens with it and as other programs get it; NULL is empty. */
export function editValue(value: CellValue, context: CellContext): string {
  return value === null ? "" : kindOf(context.column).edit(value, context);
}

/**
 * Reads what a user typed or pasted. Nothing at all means NULL where the column allows it; else the empty string where that is
 * a value, else it is refused.
 */
export function parseInput(input: string, context: CellContext): Parsed {
  if (input === "") return emptyValue(context);
  return kindOf(context.column).parse(input, context);
}

/** What Delete writes. */
export function emptyValue({ column, messages }: CellContext): Parsed {
  if (column.nullable) return valid(null);
  return acceptsEmpty(column) ? valid("") : invalid(messages.invalid.required(column.name));
}

/** Emptying a text cell in its editor means the empty string; Delete means NULL. */
export function parseTyped(input: string, context: CellContext): Parsed {
  return input === "" && acceptsEmpty(context.column) ? valid("") : parseInput(input, context);
}

function acceptsEmpty(column: Column): boolean {
  return column.acceptsEmpty ?? column.kind === "text";
}
