/** Pure functions: dates and times as people write them; microseconds and zones stay as they are. No state, no DOM. */

export type DateStyle = "locale" | "iso" | "us" | "eu" | "friendly";

/** One day of the Gregorian calendar. Years before 1 are written with `bc`. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly bc: boolean;
}

interface Pattern {
  readonly parts: readonly { readonly type: "year" | "month" | "day" | "literal"; readonly value: string }[];
  /** The order of the three, for example `dmy`. */
  readonly order: string;
}

const ISO_DAY = /^(\d{4,7})-(\d{2})-(\d{2})(?:\s+(AD|BC))?$/i;
const DAY_MS = 86_400_000;
const patterns = new Map<string, Pattern>();

/** Reads PostgreSQL's or ISO's form; null for `infinity` and anything else that is not a day. */
export function readIsoDay(text: string): Day | null {
  const match = ISO_DAY.exec(text);
  if (!match) return null;
  return checked(Number(match[1]), Number(match[2]), Number(match[3]), /bc/i.test(match[4] ?? ""));
}

export function writeIsoDay(day: Day): string {
  return `${pad(day.year, 4)}-${pad(day.month, 2)}-${pad(day.day, 2)}${day.bc ? " BC" : ""}`;
}

/** Days since 1970 in the Gregorian calendar. */
function ordinal(day: Day): number {
  const date = new Date(0);
  date.setUTCFullYear(yearOf(day), day.month - 1, day.day);
  return Math.round(date.getTime() / DAY_MS);
}

export function daysBetween(from: Day, to: Day): number {
  return ordinal(to) - ordinal(from);
}

export function monthsBetween(from: Day, to: Day): number {
  return (yearOf(to) - yearOf(from)) * 12 + to.month - from.month;
}

/** Null beyond what a date of JavaScript reaches, some 270,000 years away. */
export function addDays(day: Day, days: number): Day | null {
  const date = new Date((ordinal(day) + days) * DAY_MS);
  return Number.isNaN(date.getTime()) ? null : dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

/** The same day of another month, or its last one where that is shorter or `toEnd` asks for it. */
export function addMonths(day: Day, months: number, toEnd: boolean): Day {
  const count = yearOf(day) * 12 + day.month - 1 + months;
  const year = Math.floor(count / 12);
  const month = count - year * 12 + 1;
  const last = daysIn(year, month);
  return dayOf(year, month, toEnd ? last : Math.min(day.day, last));
}

export function isMonthEnd(day: Day): boolean {
  return day.day === daysIn(yearOf(day), day.month);
}

/** The year on a line without gap: 1 BC is 0. */
function yearOf({ year, bc }: Day): number {
  return bc ? 1 - year : year;
}

function dayOf(year: number, month: number, day: number): Day {
  return year > 0 ? { year, month, day, bc: false } : { year: 1 - year, month, day, bc: true };
}

export function showDay(text: string, locale: string, style: DateStyle): string {
  const day = readIsoDay(text);
  if (!day || style === "iso") return text;
  if (style === "friendly") return friendly(day, locale, text);
  const pattern = patternOf(locale, style);
  const shown = pattern.parts.map((part) => {
    if (part.type === "literal") return part.value;
    return pad(day[part.type], part.type === "year" ? 4 : 2);
  }).join("");
  return day.bc ? `${shown} BC` : shown;
}

/** The order of day, month and year for a message, for example `DD.MM.YYYY`. */
export function dayPattern(locale: string, style: DateStyle): string {
  const names = { year: "YYYY", month: "MM", day: "DD" };
  return patternOf(locale, style).parts.map((part) => (part.type === "literal" ? part.value : names[part.type])).join("");
}

/**
 * Reads a day as typed: ISO, the style's order with any of `/ . -` or blanks between, two-digit years (the one between 80
 * years ago and 20 ahead of `today`), a missing year (this one), or the locale's names of months. Null when it is none.
 */
export function readDay(input: string, locale: string, style: DateStyle, today: Date): Day | null {
  const text = input.trim();
  const iso = readIsoDay(text);
  if (iso) return iso;
  const bc = /\sBC$/i.test(text);
  const words = withMonthNumbers(text.replace(/\s+(AD|BC)$/i, ""), locale);
  const order = words.named ? words.order : patternOf(locale, style).order;
  const numbers = words.text.split(/[^\d]+/).filter((part) => part !== "");
  if (!/^[\d\s/.,-]+[年月日.]?$/.test(words.text.replace(/[年月]/g, "/").replace(/日/g, "")) || numbers.length < 2 || numbers.length > 3) return null;
  return fromParts(numbers, order, today, bc);
}

function fromParts(numbers: readonly string[], order: string, today: Date, bc: boolean): Day | null {
  const roles = numbers[0]!.length === 4 ? "ymd" : numbers.length === 2 ? order.replace("y", "") : order;
  const value = (role: string): string | undefined => numbers[roles.indexOf(role)];
  const year = numbers.length === 2 && !roles.includes("y") ? String(today.getFullYear()) : value("y");
  const month = value("m");
  const day = value("d");
  if (year === undefined || month === undefined || day === undefined) return null;
  return checked(year.length <= 2 ? nearYear(Number(year), today) : Number(year), Number(month), Number(day), bc);
}

/** Replaces a month's name by its number, so that one grammar is enough. */
function withMonthNumbers(text: string, locale: string): { text: string; named: boolean; order: string } {
  if (!/\p{L}{3}/u.test(text)) return { text, named: false, order: "" };
  for (const language of [locale, "en"]) {
    for (let month = 12; month >= 1; month--) {
      for (const style of ["long", "short"] as const) {
        const date = new Date(Date.UTC(2000, month - 1, 15));
        const name = new Intl.DateTimeFormat(language, { month: style, timeZone: "UTC" }).format(date).replace(/\.$/, "");
        const at = text.toLowerCase().search(new RegExp(`(?<!\\p{L})${escapeRegExp(name.toLowerCase())}\\.?(?!\\p{L})`, "u"));
        if (at < 0) continue;
        const end = at + name.length + (text[at + name.length] === "." ? 1 : 0);
        const monthFirst = !/\d/.test(text.slice(0, at));
        const rest = `${text.slice(0, at)} ${month} ${text.slice(end)}`.replace(/(\d)(st|nd|rd|th)\b/i, "$1").replace(/\s(de|of)\s/gi, " ");
        return { text: rest.trim(), named: true, order: monthFirst ? "mdy" : "dmy" };
      }
    }
  }
  return { text, named: false, order: "" };
}

const TIME = /^(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:[.,](\d{1,6}))?)?\s*([ap]\.?\s?m\.?)?$/i;

/** Reads `9`, `9:30`, `09:30:15.123456`, `9:30 pm`; returns `HH:MM:SS[.ffffff]` or null. */
export function readTime(input: string): string | null {
  const match = TIME.exec(input.trim());
  if (!match) return null;
  const [, hourText = "", minute = "00", second = "00", fraction, half] = match;
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  const endOfDay = hour === 24 && Number(minute) === 0 && Number(second) === 0;
  if ((hour > 23 && !endOfDay) || Number(minute) > 59 || Number(second) > 59) return null;
  return `${pad(hour, 2)}:${minute}:${second}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** Shows a time as the 24-hour or 12-hour clock; digits of a second stay as they are. */
export function showTime(text: string, locale: string, hour12: boolean): string {
  const match = /^(\d{2}):(\d{2})(:\d{2}(?:\.\d+)?)?(.*)$/.exec(text);
  if (!match) return text;
  const [, hour = "", minute = "", rest = "", zone = ""] = match;
  const seconds = /^:00$/.test(rest) ? "" : rest;
  if (!hour12) return `${hour}:${minute}${seconds}${zone}`;
  const parts = new Intl.DateTimeFormat(locale, { hour: "numeric", hour12: true, timeZone: "UTC" })
    .formatToParts(new Date(Date.UTC(2000, 0, 1, Number(hour))));
  const half = parts.find((part) => part.type === "dayPeriod")?.value ?? "";
  return `${Number(hour) % 12 === 0 ? 12 : Number(hour) % 12}:${minute}${seconds} ${half}${zone}`;
}

function friendly(day: Day, locale: string, otherwise: string): string {
  if (day.bc || day.year > 9999) return otherwise;
  const date = new Date(Date.UTC(2000, day.month - 1, day.day));
  date.setUTCFullYear(day.year);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(date);
}

function patternOf(locale: string, style: DateStyle): Pattern {
  const id = `${locale} ${style}`;
  const known = patterns.get(id);
  if (known) return known;
  const made = makePattern(locale, style);
  patterns.set(id, made);
  return made;
}

function makePattern(locale: string, style: DateStyle): Pattern {
  if (style === "iso") return literalPattern("y-m-d");
  if (style === "us") return literalPattern("m/d/y");
  if (style === "eu") return literalPattern("d/m/y");
  const format = new Intl.DateTimeFormat(locale, {
    year: "numeric", month: "2-digit", day: "2-digit", calendar: "gregory", numberingSystem: "latn", timeZone: "UTC",
  });
  const parts = format.formatToParts(new Date(Date.UTC(2000, 0, 1)))
    // Marks of direction are for running text; inside a cell they only disturb copying.
    .map((part) => ({ type: part.type, value: part.value.replace(/[\u200e\u200f]/g, "") }))
    .filter((part): part is Pattern["parts"][number] => ["year", "month", "day", "literal"].includes(part.type));
  return { parts, order: parts.filter((part) => part.type !== "literal").map((part) => part.type[0]).join("") };
}

function literalPattern(template: string): Pattern {
  const types = { y: "year", m: "month", d: "day" } as const;
  const parts = [...template].map((sign) =>
    sign in types ? { type: types[sign as keyof typeof types], value: "" } : { type: "literal" as const, value: sign });
  return { parts, order: template.replace(/[^ymd]/g, "") };
}

function checked(year: number, month: number, day: number, bc: boolean): Day | null {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(bc ? 1 - year : year, month)) return null;
  return { year, month, day, bc };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function nearYear(twoDigits: number, today: Date): number {
  const earliest = today.getFullYear() - 79;
  return earliest + ((((twoDigits - earliest) % 100) + 100) % 100);
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
