/** Pure functions: sets of whole numbers as immutable sorted half-open ranges. No state, no DOM. */

export type Range = readonly [start: number, end: number];

/** Sorted, apart from each other, none empty. A million selected rows are one pair of numbers. */
export type Ranges = readonly Range[];

export const NONE: Ranges = [];

export function range(start: number, end: number): Ranges {
  return start < end ? [[start, end]] : NONE;
}

export function union(a: Ranges, b: Ranges): Ranges {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const sorted = [...a, ...b].sort((x, y) => x[0] - y[0]);
  const out: [number, number][] = [];
  for (const [start, end] of sorted) {
    const last = out[out.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

export function subtract(a: Ranges, b: Ranges): Ranges {
  const out: Range[] = [];
  for (const [start, end] of a) {
    let from = start;
    for (const [cutStart, cutEnd] of b) {
      if (cutEnd <= from) continue;
      if (cutStart >= end) break;
      if (cutStart > from) out.push([from, cutStart]);
      from = Math.max(from, cutEnd);
    }
    if (from < end) out.push([from, end]);
  }
  return out;
}

export function intersect(a: Ranges, b: Ranges): Ranges {
  return subtract(a, subtract(a, b));
}

export function has(ranges: Ranges, value: number): boolean {
  return countBelow(ranges, value + 1) > countBelow(ranges, value);
}

/** How many numbers the set holds. */
export function sizeOfRanges(ranges: Ranges): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0);
}

/** How many numbers of the set are smaller than `limit`. */
export function countBelow(ranges: Ranges, limit: number): number {
  let count = 0;
  for (const [start, end] of ranges) {
    if (start >= limit) break;
    count += Math.min(end, limit) - start;
  }
  return count;
}

export function* numbersIn(ranges: Ranges): Generator<number> {
  for (const [start, end] of ranges) {
    for (let i = start; i < end; i++) yield i;
  }
}

/** Sorted ranges of any numbers. */
export function fromNumbers(numbers: Iterable<number>): Ranges {
  let out: Ranges = NONE;
  const sorted = [...numbers].sort((a, b) => a - b);
  const parts: [number, number][] = [];
  for (const n of sorted) {
    const last = parts[parts.length - 1];
    if (last && n <= last[1]) last[1] = Math.max(last[1], n + 1);
    else parts.push([n, n + 1]);
  }
  if (parts.length > 0) out = parts;
  return out;
}
