/** Pure functions: arithmetic on decimal digits as text, exact at any length. No state, no DOM. */

/** A number as `units × 10^-scale`. */
interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const PATTERN = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?$/;

/** PostgreSQL's numbers that are not digits. */
const SPECIAL = /^(nan|[+-]?inf(inity)?)$/i;

export function isDecimal(text: string): boolean {
  const match = PATTERN.exec(text);
  return match !== null && (match[2] !== "" || match[3] !== "");
}

export function isSpecialNumber(text: string): boolean {
  return SPECIAL.test(text);
}

/** Writes an exponent out and drops a plus sign and needless leading zeros; the number of decimals stays. */
export function normalise(text: string): string {
  const value = read(text);
  return value ? write(value) : text;
}

/** -1, 0 or 1. Both must be decimals. */
export function compare(a: string, b: string): number {
  const [x, y] = aligned(must(a), must(b));
  return x < y ? -1 : x > y ? 1 : 0;
}

export interface Figures {
  readonly count: number;
  readonly sum: string | null;
  readonly average: string | null;
  readonly min: string | null;
  readonly max: string | null;
}

/** Sum, average, least and greatest of the decimals among the texts; the others are left out. */
export function figuresOf(texts: Iterable<string>): Figures {
  let sum: Decimal = { units: 0n, scale: 0 };
  let min: string | null = null;
  let max: string | null = null;
  let count = 0;
  for (const text of texts) {
    const value = read(text);
    if (!value) continue;
    count++;
    sum = add(sum, value);
    if (min === null || compare(text, min) < 0) min = text;
    if (max === null || compare(text, max) > 0) max = text;
  }
  if (count === 0) return { count, sum: null, average: null, min: null, max: null };
  return { count, sum: write(sum), average: write(divide(sum, count)), min, max };
}

/** `a - b`; null when either is no decimal. */
export function difference(a: string, b: string): string | null {
  const [x, y] = [read(a), read(b)];
  return x && y ? write(add(x, { ...y, units: -y.units })) : null;
}

/** `a + step × times`; null when either is no decimal. */
export function plusTimes(a: string, step: string, times: number): string | null {
  const [x, y] = [read(a), read(step)];
  return x && y ? write(add(x, { ...y, units: y.units * BigInt(times) })) : null;
}

/** True for digits without decimals, where `5.00` counts as whole. */
export function isWhole(text: string): boolean {
  const value = read(text);
  return value !== null && (value.scale === 0 || value.units % 10n ** BigInt(value.scale) === 0n);
}

/** Cuts decimals that are only zeros: `5.00` is `5`. */
export function wholePart(text: string): string {
  const value = must(text);
  return (value.units / 10n ** BigInt(value.scale)).toString();
}

function read(text: string): Decimal | null {
  const match = PATTERN.exec(text);
  if (!match) return null;
  const [, sign, whole = "", fraction = "", exponent] = match;
  if (whole === "" && fraction === "") return null;
  const units = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  const scale = fraction.length - Number(exponent ?? 0);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

function must(text: string): Decimal {
  const value = read(text);
  if (!value) throw new TypeError(`not a decimal: ${text.length} characters`);
  return value;
}

function write(value: Decimal): string {
  const negative = value.units < 0n;
  const digits = (negative ? -value.units : value.units).toString().padStart(value.scale + 1, "0");
  const cut = digits.length - value.scale;
  const text = value.scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return negative ? `-${text}` : text;
}

function add(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return { units: x + y, scale };
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  const lift = (d: Decimal): bigint => d.units * 10n ** BigInt(scale - d.scale);
  return [lift(a), lift(b), scale];
}

/** Four decimals more than the sum has, rounded half away from zero, then without closing zeros. */
function divide(value: Decimal, by: number): Decimal {
  const extra = 4;
  const n = value.units * 10n ** BigInt(extra);
  const d = BigInt(by);
  const half = n < 0n ? -d / 2n : d / 2n;
  let units = (n + half) / d;
  let scale = value.scale + extra;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale--;
  }
  return { units, scale };
}
