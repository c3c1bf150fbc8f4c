import { kindOf, showValue } from "../cells/registry.ts";
import type { Core } from "../core.ts";
import { MAX_SHOWN_TEXT } from "../limits.ts";
import type { Mark } from "../state/edits.ts";
import { isReadOnly } from "../state/columns.ts";
import { isDraft, type Line } from "../state/table.ts";
import type { CellValue, Column } from "../types.ts";
import { make, setAttribute, setText } from "./dom.ts";

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
    if (look === this.#look && value === this.#value && label === this.#label && mark === this.#mark && core.options === this.#context) return;
    if (look !== this.#look) this.element.className = look;
    this.#value = value;
    this.#label = label;
    this.#mark = mark;
    this.#look = look;
    this.#context = core.options;
    this.#paint(core, line, column, value, label, mark);
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
    setText(element, text.length > MAX_SHOWN_TEXT ? `${text.slice(0, MAX_SHOWN_TEXT)}…` : text);
    if (value !== undefined && value !== null && mark?.input === undefined) kindOf(column).paint?.(element, value, context);
    setAttribute(element, "aria-readonly", isReadOnly(column, isDraft(line)) ? "true" : null);
    setAttribute(element, "aria-invalid", mark?.state === "failed" || mark?.state === "conflict" ? "true" : null);
    setAttribute(element, "aria-busy", value === undefined || mark?.state === "pending" ? "true" : null);
    setAttribute(element, "title", markTitle(core, column, mark));
  }
}

/** The class names are the whole look, so comparing them tells whether a node must be painted again. */
function lookOf(line: Line, column: Column, value: CellValue | undefined, mark: Mark | undefined): string {
  const names = ["grid-cell", `is-${kindOf(column).align}`];
  if (value === undefined) names.push("is-loading");
  if (awaitsDefault(line, column)) names.push("is-default");
  else if (value === null && !mark?.input && line.kind !== "new") names.push("is-null");
  if (isReadOnly(column, isDraft(line))) names.push("is-readonly");
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
