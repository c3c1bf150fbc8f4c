/**
 * Pure functions: `timestamp with time zone` in the reader's zone. No state, no DOM.
 *
 * Only whole minutes pass through a `Date`, to find the zone's offset; seconds and microseconds stay text.
 */

import { readIsoDay } from "./date-text.ts";

export interface Local {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** `HH:MM:SS[.ffffff]` */
  readonly time: string;
}

const INSTANT = /^(\d{4,6}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(:\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?(?::?\d{2})?)?(\s+(?:AD|BC))?$/i;

const MINUTE = 60_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The local day and time of an instant, or null for what cannot be converted (`infinity`, before year 1, after 9999). */
export function toLocal(text: string, timeZone: string): Local | null {
  const match = INSTANT.exec(text);
  if (!match || /bc/i.test(match[6] ?? "") || match[1]!.length !== 10 || !readIsoDay(match[1]!)) return null;
  const [, day = "", hour = "", minute = "", seconds = ":00", zone = "Z"] = match;
  const offset = offsetOf(zone);
  // Zones with seconds in their offset existed before 1972; such an instant is shown as PostgreSQL wrote it.
  if (offset === null) return null;
  const utc = utcMinutes(day, hour, minute) - offset * MINUTE;
  const local = new Date(utc + zoneOffset(utc, timeZone) * MINUTE);
  if (Number.isNaN(local.getTime()) || local.getUTCFullYear() < 1 || local.getUTCFullYear() > 9999) return null;
  return { day: local.toISOString().slice(0, 10), time: `${local.toISOString().slice(11, 16)}${seconds}` };
}

/** The instant of a local day and time, as ISO 8601 with the zone's offset at that moment. */
export function fromLocal(local: Local, timeZone: string): string {
  const [hour = "", minute = ""] = local.time.split(":");
  const wanted = utcMinutes(local.day, hour, minute);
  // The offset depends on the instant that is looked for, so it is asked for twice.
  const guess = wanted - zoneOffset(wanted, timeZone) * MINUTE;
  return `${local.day}T${local.time}${writeOffset(zoneOffset(guess, timeZone))}`;
}

/** Splits `… +02:00` or `…Z` off a text; the offset comes back as ISO writes it. */
export function splitOffset(text: string): { rest: string; offset: string | null } {
  const match = /^(.*\d)\s*(Z|[+-]\d{2}(?::?\d{2})?)$/i.exec(text.trim());
  // The end of a bare date such as 2024-01-02 looks like an offset and is none.
  if (!match || !/[T\s]\d{1,2}(:\d{2})*([.,]\d+)?(\s*[ap]\.?m\.?)?$/i.test(match[1]!)) return { rest: text, offset: null };
  const minutes = offsetOf(match[2]!);
  return minutes === null ? { rest: text, offset: null } : { rest: match[1]!, offset: writeOffset(minutes) };
}

/** The zone's name beside a value, for example `GMT+2` or `EST`. */
export function zoneName(locale: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "longGeneric" }).formatToParts(0);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? timeZone;
}

/** Minutes that a zone is ahead of UTC at an instant. */
function zoneOffset(utc: number, timeZone: string): number {
  const fields = new Map(formatterOf(timeZone).formatToParts(utc).map((part) => [part.type, Number(part.value)]));
  const get = (name: Intl.DateTimeFormatPartTypes): number => fields.get(name) ?? 0;
  const local = new Date(0);
  local.setUTCFullYear(get("year"), get("month") - 1, get("day"));
  local.setUTCHours(get("hour"), get("minute"), get("second"));
  return Math.round((local.getTime() - Math.floor(utc / 1000) * 1000) / MINUTE);
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
    timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  });
  formatters.set(timeZone, made);
  return made;
}

function utcMinutes(day: string, hour: string, minute: string): number {
  return Date.parse(`${day}T00:00:00Z`) + (Number(hour) * 60 + Number(minute)) * MINUTE;
}

function offsetOf(zone: string): number | null {
  if (/^z$/i.test(zone)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})?(?::?(\d{2}))?$/.exec(zone);
  if (!match || (match[4] !== undefined && match[4] !== "00")) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === "-" ? -minutes : minutes;
}

function writeOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
