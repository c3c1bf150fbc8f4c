/**
 * Pure functions: how the values of some cells go on when they are filled further, as spreadsheets do it. Numbers never pass
 * through a float. No state, no DOM.
 */

import { addDays, addMonths, daysBetween, isMonthEnd, monthsBetween, readIsoDay, writeIsoDay, type Day } from "./date-text.ts";
import { difference, plusTimes } from "./decimal.ts";

/** What kind of values go on: by their type, not by their look. */
export type SeriesKind = "number" | "date" | "timestamp" | "time" | "text";

/** The value at an index: 0 is the first source cell, negative ones lie before it. Null where there is none. */
export type Series = (index: number) => string | null;

/** The series that the values begin; null when they are none, and are then repeated. A single number is none. */
export function findSeries(values: readonly string[], kind: SeriesKind, locale: string): Series | null {
  const [first] = values;
  if (first === undefined) return null;
  switch (kind) {
    case "number":
      return values.length > 1 ? numberSeries(values, first) : null;
    case "date":
      return daySeries(values);
    case "timestamp":
      return timestampSeries(values);
    case "time":
      return timeSeries(values);
    case "text":
      return nameSeries(values, locale) ?? numberedTextSeries(values);
  }
}

/** A single number goes on by one when the user insists. */
export function countingSeries(first: string): Series | null {
  return plusTimes(first, "1", 1) === null ? null : (index) => plusTimes(first, "1", index);
}

function numberSeries(values: readonly string[], first: string): Series | null {
  const steps = values.slice(1).map((value, index) => difference(value, values[index]!));
  const [step] = steps;
  if (step === undefined || step === null) return null;
  const even = steps.every((each) => each !== null && difference(each, step)?.replace(/[0.]/g, "") === "");
  return even ? (index) => plusTimes(first, step, index) : null;
}

/** Months where every day has the same place in its month, which also gives years; else days. */
function daySeries(values: readonly string[]): Series | null {
  const days = values.map(readIsoDay);
  if (!days.every((day) => day !== null)) return null;
  const move = dayMove(days);
  return move && ((index) => written(move(index)));
}

type DayMove = (index: number) => Day | null;

function dayMove(days: readonly Day[]): DayMove | null {
  const first = days[0]!;
  if (days.length === 1) return (index) => addDays(first, index);
  const atEnd = days.every(isMonthEnd);
  const months = atEnd || days.every((day) => day.day === first.day) ? evenStep(days, monthsBetween) : null;
  if (months !== null && months !== 0) return (index) => addMonths(first, months * index, atEnd);
  const step = evenStep(days, daysBetween);
  return step === null ? null : (index) => addDays(first, step * index);
}

function evenStep<T>(items: readonly T[], between: (from: T, to: T) => number): number | null {
  const steps = items.slice(1).map((item, index) => between(items[index]!, item));
  return steps.every((step) => step === steps[0]) ? (steps[0] ?? null) : null;
}

function written(day: Day | null): string | null {
  return day && writeIsoDay(day);
}

const STAMP = /^(\d{4,6}-\d{2}-\d{2})([T ])(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)$/;
const DAY_MICROS = 86_400_000_000n;

/** The same time on other days, or an even distance down to the microsecond. */
function timestampSeries(values: readonly string[]): Series | null {
  const parts = values.map((value) => STAMP.exec(value));
  if (!parts.every((part) => part !== null)) return null;
  const [, , separator = "T", clock = ""] = parts[0]!;
  const days = daySeries(parts.map((part) => part[1]!));
  if (parts.every((part) => part[3] === clock)) {
    return days && ((index) => joined(days(index), separator, clock));
  }
  const origin = readIsoDay(parts[0]![1]!);
  if (!origin) return null;
  const moments = parts.map((part) => {
    const day = readIsoDay(part[1]!);
    return day && BigInt(daysBetween(origin, day)) * DAY_MICROS + microsOf(part[3]!);
  });
  const step = evenDistance(moments);
  if (step === null) return null;
  return (index) => {
    const total = moments[0]! + step * BigInt(index);
    const inDay = ((total % DAY_MICROS) + DAY_MICROS) % DAY_MICROS;
    const day = addDays(origin, Number((total - inDay) / DAY_MICROS));
    return joined(written(day), separator, clockOf(inDay));
  };
}

function joined(day: string | null, separator: string, clock: string): string | null {
  return day === null || day.endsWith("BC") ? null : `${day}${separator}${clock}`;
}

const CLOCK = /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?$/;
const HOUR_MICROS = 3_600_000_000n;

/** One time goes on by hours; midnight is passed. */
function timeSeries(values: readonly string[]): Series | null {
  if (!values.every((value) => CLOCK.test(value))) return null;
  const moments = values.map(microsOf);
  const step = moments.length === 1 ? HOUR_MICROS : evenDistance(moments);
  if (step === null) return null;
  return (index) => clockOf((((moments[0]! + step * BigInt(index)) % DAY_MICROS) + DAY_MICROS) % DAY_MICROS);
}

function evenDistance(moments: readonly (bigint | null)[]): bigint | null {
  const steps = moments.slice(1).map((moment, index) => {
    const before = moments[index];
    return moment === null || before === null || before === undefined ? null : moment - before;
  });
  const [step] = steps;
  return step !== undefined && step !== null && steps.every((each) => each === step) ? step : null;
}

function microsOf(clock: string): bigint {
  const [hours = "0", minutes = "0", seconds = "0"] = clock.split(":");
  const [whole = "0", fraction = ""] = seconds.split(".");
  return (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(whole)) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

function clockOf(micros: bigint): string {
  const two = (value: bigint): string => value.toString().padStart(2, "0");
  const seconds = micros / 1_000_000n;
  const fraction = (micros % 1_000_000n).toString().padStart(6, "0").replace(/0+$/, "");
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Weekdays and months, short or long, in the user's language or in English, written as the first of them is. */
function nameSeries(values: readonly string[], locale: string): Series | null {
  for (const names of cyclesOf(locale)) {
    const places = values.map((value) => names.indexOf(value.trim().toLocaleLowerCase(locale)));
    if (places.includes(-1)) continue;
    const step = places.length === 1 ? 1 : evenStep(places, (from, to) => modulo(to - from, names.length));
    if (step === null) return null;
    return (index) => inCaseOf(values[0]!.trim(), names[modulo(places[0]! + step * index, names.length)]!, locale);
  }
  return null;
}

const cycles = new Map<string, readonly (readonly string[])[]>();

function cyclesOf(locale: string): readonly (readonly string[])[] {
  const known = cycles.get(locale);
  if (known) return known;
  const made: string[][] = [];
  for (const language of [locale, "en"]) {
    for (const width of ["long", "short"] as const) {
      const weekday = new Intl.DateTimeFormat(language, { weekday: width, timeZone: "UTC" });
      const month = new Intl.DateTimeFormat(language, { month: width, timeZone: "UTC" });
      const lower = (format: Intl.DateTimeFormat, date: number): string => format.format(date).toLocaleLowerCase(locale);
      // 2 January 2000 was a Sunday.
      made.push(Array.from({ length: 7 }, (_, day) => lower(weekday, Date.UTC(2000, 0, 2 + day))));
      made.push(Array.from({ length: 12 }, (_, index) => lower(month, Date.UTC(2000, index, 15))));
    }
  }
  made.push(["q1", "q2", "q3", "q4"]);
  cycles.set(locale, made);
  return made;
}

function inCaseOf(model: string, name: string, locale: string): string {
  const upper = model.toLocaleUpperCase(locale);
  if (model === upper && model !== model.toLocaleLowerCase(locale)) return name.toLocaleUpperCase(locale);
  const [initial = ""] = model;
  const capital = initial !== initial.toLocaleLowerCase(locale);
  return capital ? name.slice(0, 1).toLocaleUpperCase(locale) + name.slice(1) : name;
}

const NUMBERED = /^(.*?)(\d+)(\D*)$/su;

/** `Item 009` is followed by `Item 010`. Below zero the number grows again, as in Excel. */
function numberedTextSeries(values: readonly string[]): Series | null {
  const parts = values.map((value) => NUMBERED.exec(value));
  if (!parts.every((part) => part !== null)) return null;
  const [, before = "", digits = "", after = ""] = parts[0]!;
  if (!parts.every((part) => part[1] === before && part[3] === after)) return null;
  const numbers = parts.map((part) => BigInt(part[2]!));
  const step = numbers.length === 1 ? 1n : evenDistance(numbers);
  if (step === null) return null;
  const width = digits.startsWith("0") ? digits.length : 1;
  return (index) => {
    const number = numbers[0]! + step * BigInt(index);
    return `${before}${(number < 0n ? -number : number).toString().padStart(width, "0")}${after}`;
  };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
