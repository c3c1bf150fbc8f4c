/** The types that a column can be given, and the modifiers that each of them takes. */

import type { TypeOptions } from "@mathesar/api";

type Modifier = "length" | "precision" | "scale";

const choices: readonly (readonly [type: string, ...modifiers: Modifier[]])[] = [
  ["text"],
  ["character varying", "length"],
  ["character", "length"],
  ["integer"],
  ["bigint"],
  ["smallint"],
  ["numeric", "precision", "scale"],
  ["double precision"],
  ["real"],
  ["boolean"],
  ["date"],
  ["timestamp with time zone"],
  ["timestamp without time zone"],
  ["time without time zone"],
  ["time with time zone"],
  ["interval"],
  ["money"],
  ["uuid"],
  ["jsonb"],
  ["json"],
  ["bytea"],
  ["inet"],
  ["cidr"],
  ["macaddr"],
  ["text[]"],
  ["integer[]"],
  ["numeric[]"],
  ["date[]"],
  ["int4range"],
  ["numrange"],
  ["daterange"],
  ["tstzrange"],
  ["xml"],
  ["point"],
];

export const columnTypes: readonly string[] = choices.map(([type]) => type);

export function modifiersOf(type: string): readonly Modifier[] {
  return (choices.find(([name]) => name === type)?.slice(1) as Modifier[] | undefined) ?? [];
}

/** What a form holds of a type's modifiers: text, empty for none. */
export type ModifierTexts = Record<Modifier, string>;

export function modifierTexts(options: TypeOptions | null | undefined): ModifierTexts {
  const text = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));
  return { length: text(options?.length), precision: text(options?.precision), scale: text(options?.scale) };
}

/** The modifiers that the type takes and the form names; undefined when there are none. */
export function typeOptions(type: string, texts: ModifierTexts): TypeOptions | undefined {
  const given = modifiersOf(type).filter((modifier) => /^\d+$/.test(texts[modifier]));
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map((modifier) => [modifier, Number(texts[modifier])]));
}
