/**
 * Pure functions: scrolling through more pixels than a browser can lay out. No state, no DOM.
 *
 * Browsers clamp an element's height (Firefox at about 17.9 million pixels, Chromium at 33.5 million), and 100 million rows of
 * 32 px need 3.2 thousand million. So the scrolled element is at most `MAX_HEIGHT` tall, and *physical* positions of its
 * scrollbar stand for *virtual* positions in the table. Both ends of the scrollbar run at scale 1, so that the first and the
 * last rows are always reached; only the middle is compressed. Small movements (wheel, touch, arrows) move by real pixels
 * everywhere; only a jump, which is what dragging the thumb gives, goes through the compressed scale.
 */

/** Below Firefox's limit, with room for the header and the scrollbar. */
export const MAX_HEIGHT = 15_000_000;

/** Length of each end that runs at scale 1. */
export const END_ZONE = 100_000;

/** How far the thumb may be from where it belongs before it is put right during a movement; less than `END_ZONE`. */
const MAX_DRIFT = 40_000;

export interface ScrollSpace {
  /** Scrollable distance in the table, that is, its height minus the part on screen. */
  readonly virtual: number;
  /** Scrollable distance of the browser's element. */
  readonly physical: number;
}

export function makeScrollSpace(contentHeight: number, viewHeight: number): ScrollSpace {
  const virtual = Math.max(0, contentHeight - viewHeight);
  return { virtual, physical: Math.min(virtual, MAX_HEIGHT) };
}

export function isScaled(space: ScrollSpace): boolean {
  return space.virtual > space.physical;
}

export function toVirtual(space: ScrollSpace, physical: number): number {
  const p = clamp(physical, 0, space.physical);
  if (!isScaled(space) || p <= END_ZONE) return p;
  if (p >= space.physical - END_ZONE) return space.virtual - (space.physical - p);
  return END_ZONE + (p - END_ZONE) * middleScale(space);
}

export function toPhysical(space: ScrollSpace, virtual: number): number {
  const v = clamp(virtual, 0, space.virtual);
  if (!isScaled(space) || v <= END_ZONE) return v;
  if (v >= space.virtual - END_ZONE) return space.physical - (space.virtual - v);
  return END_ZONE + (v - END_ZONE) / middleScale(space);
}

export interface ScrollStep {
  readonly virtual: number;
  /** Where the thumb belongs, if it must be moved at once; `null` to leave it alone. */
  readonly physical: number | null;
}

/**
 * What a scroll event means: the thumb went from `before` to `after` while the table stood at `virtual`.
 * `viewHeight` tells a small movement from a jump.
 */
export function scrollStep(space: ScrollSpace, virtual: number, before: number, after: number, viewHeight: number): ScrollStep {
  if (!isScaled(space)) return { virtual: clamp(after, 0, space.virtual), physical: null };
  const delta = after - before;
  if (Math.abs(delta) > Math.max(2000, viewHeight * 2)) return { virtual: toVirtual(space, after), physical: null };
  const next = clamp(virtual + delta, 0, space.virtual);
  const home = toPhysical(space, next);
  const atEnd = after <= 0 || after >= space.physical - 1;
  const misplaced = Math.abs(home - after) > MAX_DRIFT || (atEnd && Math.abs(home - after) > 1);
  return { virtual: next, physical: misplaced ? home : null };
}

function middleScale(space: ScrollSpace): number {
  return (space.virtual - 2 * END_ZONE) / (space.physical - 2 * END_ZONE);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
