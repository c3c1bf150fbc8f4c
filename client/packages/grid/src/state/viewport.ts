import { contentSize, type Layout } from "../kernels/geometry.ts";
import { MAX_VIEW } from "../limits.ts";
import { makeScrollSpace, scrollStep, toPhysical, type ScrollSpace } from "../kernels/scroll.ts";

/** Where the view stands and how large it is. Knows virtual positions; only the renderer knows the browser's scrollbar. */
export class Viewport {
  #x = 0;
  #y = 0;
  #physicalY = 0;
  #width = 0;
  #height = 0;

  get x(): number {
    return this.#x;
  }

  get y(): number {
    return this.#y;
  }

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  /** Where the browser's vertical scrollbar belongs. */
  get physicalY(): number {
    return this.#physicalY;
  }

  resize(elementWidth: number, elementHeight: number): boolean {
    const width = Math.min(elementWidth, MAX_VIEW);
    const height = Math.min(elementHeight, MAX_VIEW);
    if (width === this.#width && height === this.#height) return false;
    this.#width = width;
    this.#height = height;
    return true;
  }

  /** Takes the scrollbar's new position; `physicalY` may then differ from it, and the scrollbar must follow. */
  scrolled(layout: Layout, x: number, physicalY: number): void {
    const step = scrollStep(spaceOf(layout), this.#y, this.#physicalY, physicalY, this.#height);
    this.#x = x;
    this.#y = step.virtual;
    this.#physicalY = step.physical ?? physicalY;
  }

  /** Goes to a virtual position, as far as the table reaches. */
  goTo(layout: Layout, x: number, y: number): void {
    const space = spaceOf(layout);
    const { width } = contentSize(layout);
    this.#x = Math.max(0, Math.min(x, width - this.#width));
    this.#y = Math.max(0, Math.min(y, space.virtual));
    this.#physicalY = toPhysical(space, this.#y);
  }

  /** After a movement has ended, the thumb goes where it belongs. True if that is elsewhere. */
  settle(layout: Layout): boolean {
    const home = toPhysical(spaceOf(layout), this.#y);
    const moved = Math.abs(home - this.#physicalY) > 1;
    if (moved) this.#physicalY = home;
    return moved;
  }
}

export function spaceOf(layout: Layout): ScrollSpace {
  return makeScrollSpace(contentSize(layout).height, layout.viewHeight);
}
