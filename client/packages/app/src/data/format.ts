/** Numbers and times in the reader's own way of writing. */

const locale = navigator.language;
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const integers = new Intl.NumberFormat(locale);
const percents = new Intl.NumberFormat(locale, {
  style: "percent",
  maximumFractionDigits: 1,
  // What is nearly all must not be called all.
  roundingMode: "trunc",
});

export function formatMoment(rfc3339: string): string {
  const date = new Date(rfc3339);
  return Number.isNaN(date.getTime()) ? rfc3339 : moments.format(date);
}

export function formatCount(count: number): string {
  return integers.format(count);
}

/** A count as messages take it: for their choice of words, and as it is written. */
export function counted(count: number): { count: number; number: string } {
  return { count, number: formatCount(count) };
}

export function formatShare(fraction: number): string {
  return percents.format(fraction);
}

/** Exact digits with the locale's signs; a decimal may have more digits than a number of JavaScript can hold. */
export function formatExact(digits: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits);
  if (!match) return digits;
  const [, sign = "", whole = "", fraction] = match;
  const grouped = integers.format(BigInt(whole));
  const point = new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === "decimal")?.value ?? ".";
  return sign + grouped + (fraction ? point + fraction : "");
}
