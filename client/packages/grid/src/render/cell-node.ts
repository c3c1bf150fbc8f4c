import { kindOf, showValue } from "../cells/registry.ts";
import type { Core } from "../core.ts";
import { CELL_MARGINS } from "../kernels/column-width.ts";
import { MAX_SHOWN_TEXT } from "../limits.ts";
import type { Mark } from "../state/edits.ts";
import { isReadOnly } from "../state/columns.ts";
import { isDraft, type Line } from "../state/table.ts";
import type { CellValue, Column } from "../types.ts";
import { make, setAttribute, setText } from "./dom.ts";
import type { TextMeasure } from "./text-measure.ts";

/** What fills a cell whose value has no room, as in every spreadsheet. */
const FILLING = "#";

/** Widths are measured in fractions of pixels. */
const ROUNDING = 0.5;

/** One node of the pool: it shows one cell at a time and is only touched where something changed. */
export class CellNode {
  readonly element = make("div", "grid-cell", "gridcell");
  #column: Column | null = null;
  #position = -1;
  #x = -1;
  #width = -1;
  #value: CellValue | undefined = undefined;
  #label: string | undefined = undefined;
  #mark: Mark | undefined = undefined;
  #look = "";
  #context: object | null = null;
  #selected = false;
  readonly #texts: TextMeasure;
  /** What stands in the cell, and the width that it takes where a part of it would be read as another value, else 0. */
  #text = "";
  #needed = 0;
  #crowded = false;
  #title: string | null = null;
  /** The version of the measure that `#needed` is of. */
  #measured = -1;

  constructor(texts: TextMeasure) {
    this.#texts = texts;
  }

  /** Puts the node at a column; `x` and `width` are pixels from the row's start. */
  place(position: number, column: Column, x: number, width: number): void {
    if (x !== this.#x) this.element.style.insetInlineStart = `${x}px`;
    if (width !== this.#width) this.element.style.inlineSize = `${width}px`;
    this.#x = x;
    this.#width = width;
    if (position !== this.#position) {
      this.#position = position;
      setAttribute(this.element, "aria-colindex", String(position + 2));
    }
    if (column !== this.#column) {
      this.#column = column;
      this.#context = null;
    }
  }

  get position(): number {
    return this.#position;
  }

  show(core: Core, row: number, line: Line): void {
    const column = this.#column!;
    const value = core.table.value(row, column);
    const mark = line.kind === "new" || line.id === null ? undefined : core.edits.get(line.id, column.id);
    const label = core.table.label(line, column, mark);
    const look = lookOf(line, column, value, mark);
    // The options object is replaced when the language or the zone changes.
    const known = this.#measured === this.#texts.version;
    if (known && look === this.#look && value === this.#value && label === this.#label && mark === this.#mark && core.options === this.#context) return this.#fit();
    if (look !== this.#look) this.element.className = look;
    this.#value = value;
    this.#label = label;
    this.#mark = mark;
    this.#look = look;
    this.#context = core.options;
    this.#paint(core, line, column, value, label, mark);
    this.#fit();
  }

  select(selected: boolean): void {
    if (selected === this.#selected) return;
    this.#selected = selected;
    setAttribute(this.element, "aria-selected", String(selected));
  }

  #paint(core: Core, line: Line, column: Column, value: CellValue | undefined, label: string | undefined, mark: Mark | undefined): void {
    const { element } = this;
    const context = core.context(column, label);
    const text = mark?.input ?? (awaitsDefault(line, column) ? context.messages.defaultValue : value === undefined ? "" : showValue(value, context));
    this.#text = text.length > MAX_SHOWN_TEXT ? `${text.slice(0, MAX_SHOWN_TEXT)}…` : text;
    const isValue = value !== undefined && value !== null && mark?.input === undefined;
    this.#needed = isValue && kindOf(column).uncut ? this.#texts.widthOfSigns(this.#text) : 0;
    this.#measured = this.#texts.version;
    this.#crowded = false;
    this.#title = markTitle(core, column, mark);
    setText(element, this.#text);
    if (isValue) kindOf(column).paint?.(element, value, context);
    setAttribute(element, "aria-readonly", isReadOnly(column, isDraft(line)) ? "true" : null);
    setAttribute(element, "aria-invalid", mark?.state === "failed" || mark?.state === "conflict" ? "true" : null);
    setAttribute(element, "aria-busy", value === undefined || mark?.state === "pending" ? "true" : null);
    setAttribute(element, "title", this.#title);
    setAttribute(element, "aria-label", null);
  }

  /** A value of which only a part has room is not shown at all, because the part would be read as a value. */
  #fit(): void {
    const room = this.#width - CELL_MARGINS;
    const crowded = this.#needed > room + ROUNDING;
    if (!crowded && !this.#crowded) return;
    this.#crowded = crowded;
    const { element } = this;
    setText(element, crowded ? FILLING.repeat(Math.max(1, Math.floor(room / this.#texts.widthOfSigns(FILLING)))) : this.#text);
    setAttribute(element, "title", this.#title ?? (crowded ? this.#text : null));
    setAttribute(element, "aria-label", crowded ? this.#text : null);
  }
}

/** The class names are the whole look, so comparing them tells whether a node must be painted again. */
function lookOf(line: Line, column: Column, value: CellValue | undefined, mark: Mark | undefined): string {
  const names = ["grid-cell", `is-${kindOf(column).align}`];
  if (value === undefined) names.push("is-loading");
  if (awaitsDefault(line, column)) names.push("is-default");
  else if (value === null && !mark?.input && line.kind !== "new") names.push("is-null");
  if (isReadOnly(column, isDraft(line)) && kindOf(column).editor !== "page") names.push("is-readonly");
  if (column.kind === "link") names.push("is-link");
  if (mark) names.push(`is-${mark.state}`);
  return names.join(" ");
}

/** In a row that is not saved yet, a column without a value will get its default. */
function awaitsDefault(line: Line, column: Column): boolean {
  const fills = column.hasDefault || column.generated === true;
  return fills && line.kind === "local" && line.local.saved === null && !line.local.values.has(column.id);
}

function markTitle(core: Core, column: Column, mark: Mark | undefined): string | null {
  const { messages } = core.options;
  switch (mark?.state) {
    case "pending": return messages.saving;
    case "draft": return mark.message;
    case "failed": return messages.editFailed(mark.message);
    case "conflict": {
      if (!mark.present) return mark.message;
      const theirs = mark.present.values[column.slot] ?? null;
      return messages.editConflict(theirs === null ? messages.nullValue : showValue(theirs, core.context(column)));
    }
    default: return null;
  }
}
