import { call } from "$/data/client";
import { queryClient } from "$/data/query";
import type { TableAddress } from "$/features/grid/source";
import { toasts } from "$/ui/toasts.svelte";

/** Dragging changes a width many times; it is stored when it rests. */
const rest = 500;

/** Widths and order of the columns, stored with the table for everybody. */
export class ColumnLayout {
  order = $state.raw<readonly number[]>([]);
  readonly #address: TableAddress;
  #widths: Record<number, number> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(address: TableAddress, order: readonly number[]) {
    this.#address = address;
    this.order = order;
  }

  resize(attnum: number, width: number): void {
    this.#widths[attnum] = Math.round(Math.min(1000, Math.max(20, width)));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#storeWidths(), rest);
  }

  /** Takes the new order of the visible columns; hidden ones keep their places behind. */
  reorder(visible: readonly number[]): void {
    this.order = [...visible, ...this.order.filter((attnum) => !visible.includes(attnum))];
    void this.#store(() =>
      call("tables.metadata.set", { ...this.#address, metadata: { column_order: [...this.order] } }),
    );
  }

  async #storeWidths(): Promise<void> {
    const list = Object.entries(this.#widths).map(([attnum, display_width]) => ({
      attnum: Number(attnum),
      display_width,
    }));
    this.#widths = {};
    await this.#store(() => call("columns.metadata.set", { ...this.#address, column_meta_data_list: list }));
  }

  async #store(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      // Read again at the next visit; what is on screen is right already.
      await queryClient.invalidateQueries({ queryKey: ["tables.get_with_metadata"], refetchType: "none" });
      await queryClient.invalidateQueries({ queryKey: ["columns.list_with_metadata"], refetchType: "none" });
    } catch (error) {
      toasts.failure(error);
    }
  }
}
