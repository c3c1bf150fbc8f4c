import type { TableInfo, TableLayout } from "@mathesar/api";
import { call } from "$/data/client";
import { queryClient } from "$/data/query";
import { atRest } from "$/data/rest";
import type { Widths } from "$/features/grid/columns";
import type { TableAddress } from "$/features/grid/source";
import { toasts } from "$/ui/toasts.svelte";

/** Dragging changes a width many times; it is stored when it rests. */
const rest = 500;
const widest = 1000;
const narrowest = 20;

/** Columns of linked records have no attribute number; where they stand is forgotten with the page. */
function isAttnum(id: number): boolean {
  return id > 0;
}

export interface LayoutStart {
  /** The user's own arrangement, if they have made one. */
  readonly own: TableLayout | null;
  /** Attribute numbers in the table's order for everybody who has none of their own. */
  readonly order: readonly number[];
}

/** How the user arranged the columns: stored for them alone, so that nobody's table changes under their hands. */
export class ColumnLayout {
  order = $state.raw<readonly number[]>([]);
  hidden = $state.raw<readonly number[]>([]);
  /** By attribute number. */
  widths = $state.raw<Widths>({});
  /** How many of the first visible columns stay in place when the others scroll. */
  frozen = $state(0);
  /** Whether there is anything to reset. */
  isOwn = $state(false);
  readonly #address: TableAddress;
  readonly #tableOrder: readonly number[];
  readonly #storeAtRest = atRest((layout: TableLayout) => void this.#store(layout), rest);
  /** One is stored after the other: an earlier arrangement must not arrive last. */
  #storing: Promise<void> = Promise.resolve();

  constructor(address: TableAddress, { own, order }: LayoutStart) {
    this.#address = address;
    this.#tableOrder = order;
    this.order = own?.order.length ? own.order : order;
    this.hidden = own?.hidden ?? [];
    this.widths = Object.fromEntries((own?.widths ?? []).map(({ attnum, width }) => [attnum, width]));
    this.frozen = own?.frozen ?? 0;
    this.isOwn = own !== null;
  }

  resize(attnum: number, width: number): void {
    const fitted = Math.round(Math.min(widest, Math.max(narrowest, width)));
    this.widths = { ...this.widths, [attnum]: fitted };
    this.#changed();
  }

  /** Takes the new order of the visible columns; hidden ones keep their places behind. */
  reorder(visible: readonly number[]): void {
    this.order = [...visible, ...this.order.filter((attnum) => !visible.includes(attnum))];
    this.#changed();
  }

  hide(hidden: readonly number[]): void {
    this.hidden = hidden;
    this.#changed();
  }

  freeze(columns: number): void {
    this.frozen = columns;
    this.#changed();
  }

  /** Back to the table's own order and widths, with every column shown. */
  reset(): void {
    this.#storeAtRest.cancel();
    this.order = this.#tableOrder;
    this.hidden = [];
    this.widths = {};
    this.frozen = 0;
    this.isOwn = false;
    this.#remember(null);
    void this.#store(null);
  }

  /** Stores at once what still rests, because the page goes. */
  flush(): void {
    this.#storeAtRest.flush();
  }

  #changed(): void {
    this.isOwn = true;
    const layout = this.#stored();
    this.#remember(layout);
    this.#storeAtRest(layout);
  }

  #stored(): TableLayout {
    return {
      order: this.order.filter(isAttnum),
      hidden: [...this.hidden],
      widths: Object.entries(this.widths)
        .map(([attnum, width]) => ({ attnum: Number(attnum), width }))
        .filter(({ attnum }) => isAttnum(attnum)),
      frozen: this.frozen,
    };
  }

  /** What was read of the table knows the new arrangement too, for whoever looks at it next. */
  #remember(layout: TableLayout | null): void {
    queryClient.setQueryData<TableInfo>(
      ["tables.get_with_metadata", this.#address],
      (info) => info && { ...info, layout },
    );
  }

  #store(layout: TableLayout | null): Promise<void> {
    this.#storing = this.#storing.then(async () => {
      try {
        await call("tables.layout.set", { ...this.#address, layout });
      } catch (error) {
        toasts.failure(error);
      }
    });
    return this.#storing;
  }
}
