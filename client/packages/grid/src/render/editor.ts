/** The input that stands over a cell while it is edited. Committing and moving on is the edit tool's work. */

import type { CellContext, EditorKind } from "../cells/kind.ts";
import { kindOf } from "../cells/registry.ts";
import { readDay, showDay, writeIsoDay } from "../kernels/date-text.ts";
import { numericStyle } from "../cells/date.ts";
import { make, setAttribute, setText, uniqueName } from "./dom.ts";

export interface Editor {
  readonly element: HTMLElement;
  text(): string;
  /** Says under the input why its text is no value; an empty message takes that away. */
  fail(message: string): void;
  focus(): void;
  /** Inserts a line break at the caret; false where the value has one line. */
  breakLine(): boolean;
  /** Lets a list take an arrow key; false when the editor has no use for it. */
  arrow(direction: "up" | "down"): boolean;
}

export interface EditorSetup {
  readonly kind: EditorKind;
  readonly text: string;
  /** True when typing opened the editor: the caret is at the end and nothing is selected. */
  readonly typed: boolean;
  readonly context: CellContext;
  /** A choice was made with the mouse. */
  readonly onChoose: () => void;
}

type Field = HTMLInputElement | HTMLTextAreaElement;

export function makeEditor(setup: EditorSetup): Editor {
  const element = make("div", "grid-editor");
  const field = setup.kind === "lines" ? make("textarea", "grid-editor-field") : make("input", "grid-editor-field");
  field.value = setup.text;
  field.ariaLabel = setup.context.column.name;
  field.spellcheck = false;
  field.autocomplete = "off";
  if (field instanceof HTMLTextAreaElement) field.rows = 1;
  const message = make("div", "grid-editor-message", "alert");
  message.id = uniqueName();
  message.hidden = true;
  element.classList.add(`is-${kindOf(setup.context.column).align}`);
  element.append(field);
  const list = setup.kind === "list" ? new Choices(field, setup) : null;
  if (list) element.append(list.element);
  if (setup.kind === "day") element.append(makeCalendar(field, setup));
  element.append(message);
  field.addEventListener("input", () => {
    grow(field);
    list?.filter();
  });
  return {
    element,
    text: () => list?.chosen() ?? field.value,
    fail: (text) => showMessage(field, message, text),
    focus: () => focus(field, setup.typed),
    breakLine: () => breakLine(field),
    arrow: (direction) => list?.move(direction) ?? false,
  };
}

function focus(field: Field, typed: boolean): void {
  field.focus({ preventScroll: true });
  const end = field.value.length;
  if (typed) field.setSelectionRange(end, end);
  else field.select();
  grow(field);
}

/** A text of several lines gets the room it needs, as far as the style allows. */
function grow(field: Field): void {
  if (!(field instanceof HTMLTextAreaElement)) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

function breakLine(field: Field): boolean {
  if (!(field instanceof HTMLTextAreaElement)) return false;
  field.setRangeText("\n", field.selectionStart, field.selectionEnd, "end");
  grow(field);
  return true;
}

function showMessage(field: Field, message: HTMLElement, text: string): void {
  message.hidden = text === "";
  setText(message, text);
  setAttribute(field, "aria-invalid", text === "" ? null : "true");
  setAttribute(field, "aria-describedby", text === "" ? null : message.id);
}

/** The browser's own calendar behind a small button. */
function makeCalendar(field: Field, { context, text }: EditorSetup): HTMLElement {
  const { column, locale, messages, now } = context;
  const style = numericStyle(column.format?.dateStyle);
  const button = make("button", "grid-editor-calendar");
  button.type = "button";
  button.tabIndex = -1;
  button.ariaLabel = messages.actions.edit;
  const native = make("input", "grid-editor-native");
  native.type = "date";
  native.tabIndex = -1;
  native.ariaHidden = "true";
  const day = readDay(text, locale, style, now());
  if (day && !day.bc) native.value = writeIsoDay(day);
  button.addEventListener("click", () => native.showPicker());
  native.addEventListener("change", () => {
    if (native.value !== "") field.value = showDay(native.value, locale, style);
    field.focus();
  });
  const holder = make("span", "grid-editor-calendar-holder");
  holder.append(button, native);
  return holder;
}

/** A list under the input that narrows while typing, as a combobox. */
class Choices {
  readonly element = make("div", "grid-choices", "listbox");
  readonly #field: Field;
  readonly #all: readonly { readonly label: string; readonly option: HTMLElement }[];
  #current = -1;
  #moved = false;

  constructor(field: Field, setup: EditorSetup) {
    this.#field = field;
    this.element.id = uniqueName();
    const choices = kindOf(setup.context.column).choices?.(setup.context) ?? [];
    this.#all = choices.map(({ label }, index) => {
      const option = make("div", "grid-choice", "option");
      option.id = `${this.element.id}-${index}`;
      setText(option, label);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.#field.value = label;
        this.#mark(index);
        setup.onChoose();
      });
      return { label, option };
    });
    this.element.append(...this.#all.map(({ option }) => option));
    setAttribute(field, "role", "combobox");
    setAttribute(field, "aria-expanded", "true");
    setAttribute(field, "aria-controls", this.element.id);
    setAttribute(field, "aria-autocomplete", "list");
    if (setup.typed) this.filter();
    else this.#mark(this.#all.findIndex(({ label }) => label === setup.text));
  }

  /** What Enter takes: the marked choice if there is one, else undefined for the text itself. */
  chosen(): string | undefined {
    const narrowed = this.#moved || this.#field.value !== "";
    return narrowed ? this.#all[this.#current]?.label : undefined;
  }

  filter(): void {
    const wanted = this.#field.value.toLowerCase();
    let first = -1;
    for (const [index, { label, option }] of this.#all.entries()) {
      option.hidden = !label.toLowerCase().includes(wanted);
      if (!option.hidden && (first < 0 || label.toLowerCase().startsWith(wanted) && !this.#starts(first, wanted))) first = index;
    }
    this.#mark(wanted === "" ? -1 : first);
  }

  move(direction: "up" | "down"): boolean {
    const visible = this.#all.flatMap(({ option }, index) => (option.hidden ? [] : [index]));
    if (visible.length === 0) return true;
    const at = visible.indexOf(this.#current);
    const next = direction === "down" ? (at + 1) % visible.length : (at <= 0 ? visible.length : at) - 1;
    this.#moved = true;
    this.#mark(visible[next]!);
    return true;
  }

  #starts(index: number, wanted: string): boolean {
    return this.#all[index]!.label.toLowerCase().startsWith(wanted);
  }

  #mark(index: number): void {
    if (this.#all[this.#current]) setAttribute(this.#all[this.#current]!.option, "aria-selected", "false");
    this.#current = index;
    const option = this.#all[index]?.option;
    if (option) {
      setAttribute(option, "aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
    }
    setAttribute(this.#field, "aria-activedescendant", option?.id ?? null);
  }
}
