import { make } from "./dom.ts";

/** Signs that are laid out together, so that a fraction of a pixel is not lost. */
const SAMPLE = 20;

/** All numerals are as wide as this one. */
const NUMERAL = "0";

/** What a sign takes where nothing is laid out, as in tests without a screen. */
const UNKNOWN_WIDTH = 8;

/** Widths of texts as the cells show them, numerals of equal width included, which a canvas knows nothing of. In CSS pixels. */
export class TextMeasure {
  readonly element = make("span", "grid-measure");
  readonly #signs = new Map<string, number>();
  /** Grows when what was measured is not true any more, because another font has arrived. */
  #version = 0;

  constructor() {
    this.element.ariaHidden = "true";
  }

  get version(): number {
    return this.#version;
  }

  forget(): void {
    this.#signs.clear();
    this.#version++;
  }

  /** The width of any text; it costs a layout. */
  width(text: string): number {
    this.element.textContent = text;
    return this.element.getBoundingClientRect().width || text.length * UNKNOWN_WIDTH;
  }

  /** The width of a text of numerals and the signs between them, such as a number or a date; it costs a layout for new signs only. */
  widthOfSigns(text: string): number {
    let sum = 0;
    for (const sign of text) sum += this.#signs.get(sign) ?? this.#learn(sign);
    return sum;
  }

  /** Signs are measured between numerals, as they stand in a number: a row of commas or dashes is narrower than they are there. */
  #learn(sign: string): number {
    const pair = this.width(`${NUMERAL}${sign}`.repeat(SAMPLE)) / SAMPLE;
    const width = pair - this.width(NUMERAL.repeat(SAMPLE)) / SAMPLE;
    this.#signs.set(sign, width);
    return width;
  }
}
