/** Pure functions: PostgreSQL's intervals. Months, days and time stay apart, because they cannot be converted. No state, no DOM. */

/** Each part with its sign as digits; `seconds` may have decimals. */
export interface Interval {
  readonly years: string;
  readonly months: string;
  readonly weeks: string;
  readonly days: string;
  readonly hours: string;
  readonly minutes: string;
  readonly seconds: string;
}

type Unit = keyof Interval;

const EMPTY: Interval = { years: "0", months: "0", weeks: "0", days: "0", hours: "0", minutes: "0", seconds: "0" };

const ISO = /^P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+(?:\.\d+)?)S)?)?$/;

/** PostgreSQL's own words for the units, with its abbreviations. */
const WORDS: Readonly<Record<string, Unit>> = {
  y: "years", yr: "years", yrs: "years", year: "years", years: "years",
  mon: "months", mons: "months", month: "months", months: "months",
  w: "weeks", week: "weeks", weeks: "weeks",
  d: "days", day: "days", days: "days",
  h: "hours", hr: "hours", hrs: "hours", hour: "hours", hours: "hours",
  m: "minutes", min: "minutes", mins: "minutes", minute: "minutes", minutes: "minutes",
  s: "seconds", sec: "seconds", secs: "seconds", second: "seconds", seconds: "seconds",
};

/** Reads ISO 8601 (`P1DT2H`), PostgreSQL's form (`1 day 02:00:00`) and short forms (`1d 2h`, `1:30`); null for anything else. */
export function readInterval(input: string): Interval | null {
  const text = input.trim();
  const iso = ISO.exec(text.toUpperCase());
  if (iso && text.length > 1 && !/T$/i.test(text)) return fromIso(iso);
  const sum: Record<Unit, string> = { ...EMPTY };
  let rest = text;
  let found = false;
  while (rest !== "") {
    const part = /^([+-]?\d+(?:\.\d+)?)\s*(\p{L}+)\s*/u.exec(rest);
    const unit = part ? WORDS[part[2]!.toLowerCase()] : undefined;
    if (!part || !unit || sum[unit] !== "0" || (part[1]!.includes(".") && unit !== "seconds")) break;
    sum[unit] = part[1]!.replace("+", "");
    rest = rest.slice(part[0].length);
    found = true;
  }
  if (rest === "") return found ? sum : null;
  return withClock(sum, rest);
}

/** Letters that PostgreSQL understands and people can type: `1y 2mon 3d 04:05:06.7`. */
export function writeInterval(interval: Interval): string {
  const words: [Unit, string][] = [["years", "y"], ["months", "mon"], ["weeks", "w"], ["days", "d"]];
  const parts = words.filter(([unit]) => !isZero(interval[unit])).map(([unit, letter]) => `${interval[unit]}${letter}`);
  const clock = clockOf(interval);
  if (clock !== null) parts.push(clock);
  return parts.length === 0 ? "00:00:00" : parts.join(" ");
}

/** With the locale's words for years, months, weeks and days. */
export function showInterval(interval: Interval, locale: string): string {
  const units = [["years", "year"], ["months", "month"], ["weeks", "week"], ["days", "day"]] as const;
  const parts = units.filter(([unit]) => !isZero(interval[unit])).map(([unit, name]) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" }).format(BigInt(interval[unit])));
  const clock = clockOf(interval);
  if (clock !== null) parts.push(clock);
  return parts.length === 0 ? "00:00:00" : parts.join(" ");
}

function fromIso(match: RegExpExecArray): Interval {
  const [, years = "0", months = "0", weeks = "0", days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
  return { years, months, weeks, days, hours, minutes, seconds };
}

function withClock(sum: Interval, text: string): Interval | null {
  const match = /^([+-]?)(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,6})?))?$/.exec(text);
  if (!match || Number(match[3]) > 59 || Number(match[4] ?? 0) >= 60) return null;
  const sign = match[1] === "-" ? "-" : "";
  const signed = (digits: string): string => (Number(digits) === 0 ? "0" : `${sign}${digits.replace(/^0+(?=\d)/, "")}`);
  return { ...sum, hours: signed(match[2]!), minutes: signed(match[3]!), seconds: signed(match[4] ?? "0") };
}

/** `04:05:06.7` when all parts have one sign, else each with its letter; null when there is no time at all. */
function clockOf(interval: Interval): string | null {
  const parts = [interval.hours, interval.minutes, interval.seconds];
  const present = parts.filter((part) => !isZero(part));
  if (present.length === 0) return null;
  const negative = present[0]!.startsWith("-");
  if (present.some((part) => part.startsWith("-") !== negative) || Number(interval.minutes) > 59 || Number(interval.seconds) >= 60) {
    return ["h", "m", "s"].map((letter, i) => (isZero(parts[i]!) ? "" : `${parts[i]}${letter}`)).filter(Boolean).join(" ");
  }
  const [hours, minutes, seconds] = parts.map((part) => part.replace("-", ""));
  const [whole = "0", fraction] = seconds!.split(".");
  const clock = `${hours!.padStart(2, "0")}:${minutes!.padStart(2, "0")}:${whole.padStart(2, "0")}`;
  return `${negative ? "-" : ""}${clock}${fraction === undefined ? "" : `.${fraction}`}`;
}

function isZero(digits: string): boolean {
  return /^-?0*(\.0*)?$/.test(digits);
}
