/** Pure functions: where columns of different widths stand along the line. No state, no DOM. */

export interface Axis {
  /** Number of items. */
  readonly count: number;
  /** `offsets[i]` is where item i starts; `offsets[count]` is the whole length. Pixels. */
  readonly offsets: Float64Array;
}

export function makeAxis(sizes: readonly number[]): Axis {
  const offsets = new Float64Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) offsets[i + 1] = offsets[i]! + sizes[i]!;
  return { count: sizes.length, offsets };
}

export function startOf(axis: Axis, index: number): number {
  return axis.offsets[Math.max(0, Math.min(index, axis.count))]!;
}

export function sizeOf(axis: Axis, index: number): number {
  return startOf(axis, index + 1) - startOf(axis, index);
}

export function lengthOf(axis: Axis): number {
  return axis.offsets[axis.count]!;
}

/** The item that covers a position; positions outside give the first or the last item, and an empty axis gives -1. */
export function indexAt(axis: Axis, position: number): number {
  let low = 0;
  let high = axis.count - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (axis.offsets[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where an item that is dragged to `position` would be dropped: an index between 0 and `count`. */
export function dropIndexAt(axis: Axis, position: number): number {
  const index = indexAt(axis, position);
  if (index < 0) return 0;
  return position > startOf(axis, index) + sizeOf(axis, index) / 2 ? index + 1 : index;
}
