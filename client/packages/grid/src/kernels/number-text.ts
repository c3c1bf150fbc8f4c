/** Pure functions: numbers as people of a locale write them, without ever passing through a float. No state, no DOM. */

import { isDecimal, isSpecialNumber, normalise } from "./decimal.ts";

export interface Separators {
  readonly group: string;
  readonly decimal: string;
  /** The locale's own digits, zero first. */
  readonly digits: readonly string[];
}

const separatorsByLocale = new Map<string, Separators>();

export function separatorsOf(locale: string): Separators {
  const known = separatorsByLocale.get(locale);
  if (known) return known;
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(-1234567.8);
  const find = (type: string, otherwise: string): string => parts.find((part) => part.type === type)?.value ?? otherwise;
  const digits = new Intl.NumberFormat(locale, { useGrouping: false }).format(9876543210n);
  const made = { group: find("group", ","), decimal: find("decimal", "."), digits: [...digits].reverse() };
  separatorsByLocale.set(locale, made);
  return made;
}

export interface NumberFormat {
  /** `min2` groups only where the first group has two digits, as `Intl` defines it. */
  readonly grouping: boolean | "min2";
  readonly minFraction?: number | undefined;
  readonly maxFraction?: number | undefined;
}

/** `Intl` formats at most this many decimals; longer numbers are shown as PostgreSQL wrote them. */
const MAX_INTL_FRACTION = 100;

const formatters = new Map<string, Intl.NumberFormat>();

/** Shows every digit that PostgreSQL sent, unless the format says fewer. */
export function showNumber(text: string, locale: string, format: NumberFormat): string {
  if (!isDecimal(text)) return text;
  const plain = normalise(text);
  const sent = plain.includes(".") ? plain.length - plain.indexOf(".") - 1 : 0;
  const max = Math.max(format.minFraction ?? 0, format.maxFraction ?? sent);
  const min = Math.min(max, Math.max(format.minFraction ?? 0, Math.min(sent, max)));
  if (max > MAX_INTL_FRACTION) return plain;
  return formatter(locale, format.grouping, min, max).format(plain as Intl.StringNumericLiteral);
}

function formatter(locale: string, grouping: boolean | "min2", min: number, max: number): Intl.NumberFormat {
  const id = `${locale} ${grouping} ${min} ${max}`;
  const known = formatters.get(id);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, {
    useGrouping: grouping, minimumFractionDigits: min, maximumFractionDigits: max,
  });
  formatters.set(id, made);
  return made;
}

/** The text that an editor opens with: the locale's decimal sign, no grouping, all digits. */
export function editNumber(text: string, locale: string): string {
  return isDecimal(text) ? text.replace(".", separatorsOf(locale).decimal) : text;
}

/**
 * Reads a number in the locale's way: its grouping, its decimal sign and its digits; also an exponent, a Unicode minus,
 * accounting parentheses and NaN or Infinity. A single separator that cannot be a grouping is taken as the decimal sign
 * (`1,5` in English, `1.5` in German); everything else is refused rather than guessed. Returns exact digits or null.
 */
export function readNumber(input: string, locale: string): string | null {
  const separators = separatorsOf(locale);
  let text = withAsciiDigits(input.trim(), separators).replace(/[\u2212\u2012\u2013]/g, "-").replace(/[\s\u00a0\u202f'’]/g, "");
  const negative = /^\((.+)\)$/.exec(text);
  if (negative) text = `-${negative[1]}`;
  if (isSpecialNumber(text)) return special(text);
  const digits = ungrouped(text, separators) ?? singleSeparator(text);
  return digits !== null && isDecimal(digits) ? normalise(digits) : null;
}

function withAsciiDigits(text: string, separators: Separators): string {
  if (separators.digits[0] === "0") return text;
  return [...text].map((sign) => {
    const digit = separators.digits.indexOf(sign);
    return digit < 0 ? sign : String(digit);
  }).join("");
}

/** The number with the locale's grouping taken out, if the groups stand where groups stand. */
function ungrouped(text: string, separators: Separators): string | null {
  const group = /\s/.test(separators.group) ? "" : separators.group === "’" ? "" : separators.group;
  const decimal = escapeRegExp(separators.decimal);
  const whole = group === "" ? "\\d*" : `(?:\\d{1,3}(?:${escapeRegExp(group)}\\d{2,3})*${escapeRegExp(group)}\\d{3}|\\d*)`;
  const pattern = new RegExp(`^([+-]?)(${whole})(?:${decimal}(\\d*))?([eE][+-]?\\d+)?$`);
  const match = pattern.exec(text);
  if (!match) return null;
  const [, sign = "", integer = "", fraction, exponent = ""] = match;
  const digits = group === "" ? integer : integer.replaceAll(group, "");
  return `${sign}${digits}${fraction === undefined ? "" : `.${fraction}`}${exponent}`;
}

function singleSeparator(text: string): string | null {
  return /^[+-]?\d*[.,]\d+([eE][+-]?\d+)?$/.test(text) ? text.replace(",", ".") : null;
}

function special(text: string): string {
  if (/^nan$/i.test(text)) return "NaN";
  return text.startsWith("-") ? "-Infinity" : "Infinity";
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
