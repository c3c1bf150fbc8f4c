/** Pure functions: moving an item of a list. No state, no DOM. */

/** Takes the item at `from` out and puts it before the item that stands at `before` now. */
export function moveItem<T>(items: readonly T[], from: number, before: number): readonly T[] {
  if (before === from || before === from + 1) return items;
  const rest = [...items.slice(0, from), ...items.slice(from + 1)];
  rest.splice(before > from ? before - 1 : before, 0, items[from]!);
  return rest;
}
