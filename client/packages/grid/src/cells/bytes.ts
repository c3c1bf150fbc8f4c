import { invalid, plain, valid, type CellKind } from "./kind.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** `bytea`: its size, because its content is not for reading. A short value can be typed as PostgreSQL's hex form. */
export const bytes: CellKind = {
  id: "bytes",
  align: "end",
  editor: "line",
  show(value, { locale, messages }) {
    const text = plain(value);
    return /^\\x[0-9a-f]*$/i.test(text) ? messages.bytes(showSize((text.length - 2) / 2, locale)) : text;
  },
  edit: plain,
  parse(input, { messages }) {
    const text = input.trim().toLowerCase();
    return /^\\x([0-9a-f]{2})*$/.test(text) ? valid(text) : invalid(messages.invalid.bytes(input));
  },
};

function showSize(size: number, locale: string): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, size)) / Math.log(1000)));
  return new Intl.NumberFormat(locale, {
    style: "unit", unit: UNITS[power]!, unitDisplay: "short", maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(size / 1000 ** power);
}
