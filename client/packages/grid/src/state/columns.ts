import { makeAxis, type Axis } from "../kernels/axis.ts";
import { clampWidth, defaultWidth } from "../kernels/column-width.ts";
import { moveItem } from "../kernels/order.ts";
import type { Column, ColumnId } from "../types.ts";

/** The columns on screen: which, in what order and how wide. */
export class Columns {
  #visible: readonly Column[] = [];
  #byId = new Map<ColumnId, Column>();
  #positions = new Map<ColumnId, number>();
  #widths = new Map<ColumnId, number>();
  #named = new Set<ColumnId>();
  #axis: Axis = makeAxis([]);

  constructor(columns: readonly Column[]) {
    this.replace(columns);
  }

  /** Takes the host's columns. A width that it names wins over one that was dragged here; one that it takes back is the default. */
  replace(columns: readonly Column[]): void {
    for (const { id, width } of columns) {
      if (width !== undefined) this.#widths.set(id, clampWidth(width));
      else if (this.#named.has(id)) this.#widths.delete(id);
    }
    this.#named = new Set(columns.filter((column) => column.width !== undefined).map((column) => column.id));
    this.#byId = new Map(columns.map((column) => [column.id, column]));
    this.#arrange(columns.filter((column) => !column.hidden));
  }

  get visible(): readonly Column[] {
    return this.#visible;
  }

  get count(): number {
    return this.#visible.length;
  }

  get axis(): Axis {
    return this.#axis;
  }

  get all(): Iterable<Column> {
    return this.#byId.values();
  }

  at(position: number): Column | undefined {
    return this.#visible[position];
  }

  byId(id: ColumnId): Column | undefined {
    return this.#byId.get(id);
  }

  /** Where a column stands on screen, or -1. */
  positionOf(id: ColumnId): number {
    return this.#positions.get(id) ?? -1;
  }

  widthOf(id: ColumnId): number {
    return this.#widths.get(id) ?? defaultWidth(this.#byId.get(id)?.kind ?? "other");
  }

  /** Returns the width that the column really got. */
  resize(id: ColumnId, width: number): number {
    this.#widths.set(id, clampWidth(width));
    this.#measure();
    return this.widthOf(id);
  }

  /** Moves a column before the one that stands at `before`; true if anything changed. */
  move(from: number, before: number): boolean {
    const next = moveItem(this.#visible, from, before);
    if (next === this.#visible) return false;
    this.#arrange(next);
    return true;
  }

  #arrange(visible: readonly Column[]): void {
    this.#visible = visible;
    this.#positions = new Map(visible.map((column, position) => [column.id, position]));
    this.#measure();
  }

  #measure(): void {
    this.#axis = makeAxis(this.#visible.map((column) => this.widthOf(column.id)));
  }
}

/** Whether a column takes no value in a row; `draft` for one that is not saved yet. */
export function isReadOnly(column: Column, draft: boolean): boolean {
  return column.generated === true || (column.readonly === true && !(draft && column.insertable === true));
}
