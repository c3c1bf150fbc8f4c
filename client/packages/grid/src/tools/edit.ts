import { kindOf } from "../cells/registry.ts";
import { commitText, editorText, keepUnreadable, setValue, toggle } from "../commands/edit.ts";
import { cycle, nextInReadingOrder } from "../kernels/moves.ts";
import { isSingleCell, type Cell } from "../kernels/selection.ts";
import { makeEditor, type Editor } from "../render/editor.ts";
import { idleTool } from "./idle.ts";
import type { Runtime, Tool } from "./tool.ts";

/** Begins to edit a cell in the way of its kind. `typed` is the text that opened the editor, null for F2 and a double click. */
export function beginEdit(run: Runtime, cell: Cell, typed: string | null): boolean {
  const { core } = run;
  const column = core.columns.at(cell.column);
  if (!column) return false;
  const { editor } = kindOf(column);
  if (editor === "page") return core.callbacks.onHostEdit !== undefined && askHost(run, cell, typed ?? "");
  const refusal = core.refusal(cell.row, column);
  if (refusal !== null) {
    core.notice("info", refusal);
    return true;
  }
  const line = core.table.line(cell.row);
  if (line.kind === "source" && !line.row) return false;
  if (editor === "none") return false;
  if (editor === "toggle" && typed === null) {
    toggle(core, run.writer, cell);
    return true;
  }
  core.reveal(cell);
  if (editor === "host") return askHost(run, cell, typed ?? "");
  run.use(editTool(run, cell, typed));
  return true;
}

function askHost(run: Runtime, cell: Cell, typed: string): boolean {
  const { core, renderer } = run;
  const place = core.place(cell);
  const { onHostEdit } = core.callbacks;
  if (!place) return false;
  // Without a picker, a link is still a value that can be typed.
  if (!onHostEdit) {
    run.use(editTool(run, cell, typed === "" ? null : typed));
    return true;
  }
  void onHostEdit({ ...place, typed, anchor: renderer.rectOf(cell) }).then((choice) => {
    if (choice) setValue(core, run.writer, cell, choice.value, choice.label);
    renderer.element.focus({ preventScroll: true });
  }, (error: unknown) => core.notice("error", error instanceof Error ? error.message : String(error)));
  return true;
}

/** A cell's editor is open. */
export function editTool(run: Runtime, cell: Cell, typed: string | null): Tool {
  const { core, renderer } = run;
  const column = core.columns.at(cell.column)!;
  const kind = kindOf(column);
  const before = editorText(core, cell);
  const editor = makeEditor({
    kind: kind.editor === "toggle" || kind.editor === "host" || kind.editor === "page" ? "line" : kind.editor,
    text: typed ?? before,
    typed: typed !== null,
    context: core.context(column),
    onChoose: () => finish(null),
  });
  let open = true;
  // Typing replaces the value, so arrows go to the next cell; F2 edits it, so arrows move the caret.
  let replacing = typed !== null;

  /** Takes the text. Returns the reason, which is then shown too, when it is no value. */
  function refused(): string | null {
    const text = editor.text();
    if (text === before && typed === null) return null;
    const parsed = commitText(core, run.writer, cell, text);
    if (parsed.ok) return null;
    editor.fail(parsed.message);
    return parsed.message;
  }

  function close(): void {
    if (!open) return;
    open = false;
    const hadFocus = editor.element.contains(document.activeElement);
    renderer.pin(null);
    // Focus that has gone elsewhere on the page stays there.
    if (hadFocus || document.activeElement === document.body) renderer.element.focus({ preventScroll: true });
  }

  function finish(move: ((cell: Cell) => void) | null): void {
    if (refused() !== null) return;
    run.use(idleTool);
    move?.(cell);
  }

  renderer.pin({ element: editor.element, cell });
  editor.focus();
  editor.element.addEventListener("pointerdown", () => (replacing = false));

  return {
    name: "edit",
    cancel: close,
    leave() {
      const reason = refused();
      if (reason !== null) keepUnreadable(core, cell, editor.text(), reason);
      run.use(idleTool);
    },
    key: (event) => editKey(run, event, { editor, replacing, finish, stopReplacing: () => (replacing = false) }),
  };
}

interface EditKeys {
  readonly editor: Editor;
  readonly replacing: boolean;
  readonly finish: (move: ((cell: Cell) => void) | null) => void;
  readonly stopReplacing: () => void;
}

function editKey(run: Runtime, event: KeyboardEvent, { editor, replacing, finish, stopReplacing }: EditKeys): boolean {
  // While an input method composes a word, Enter and arrows belong to it.
  if (event.isComposing) return true;
  switch (event.key) {
    case "Escape":
      run.use(idleTool);
      return true;
    case "Enter":
      if ((event.altKey || event.ctrlKey) && editor.breakLine()) return true;
      finish((cell) => step(run, cell, "down", event.shiftKey));
      return true;
    case "Tab":
      finish((cell) => step(run, cell, "across", event.shiftKey));
      return true;
    case "F2":
      stopReplacing();
      return true;
    case "ArrowUp":
    case "ArrowDown":
      if (editor.arrow(event.key === "ArrowUp" ? "up" : "down")) return true;
      if (!replacing) return false;
      finish((cell) => goBy(run, cell, event.key === "ArrowUp" ? -1 : 1, 0));
      return true;
    case "ArrowLeft":
    case "ArrowRight":
      if (!replacing) return false;
      finish((cell) => goBy(run, cell, 0, (event.key === "ArrowLeft") === (run.core.options.dir === "rtl") ? 1 : -1));
      return true;
    default:
      return false;
  }
}

/** Enter and Tab after editing: through the selected range if there is one, else to the neighbour. */
export function step({ core }: Runtime, from: Cell, axis: "across" | "down", back: boolean): boolean {
  if (!isSingleCell(core.selection, core.extent)) {
    const active = cycle(from, core.rects, axis, back);
    core.select({ ...core.selection, active });
    core.reveal(active);
    return true;
  }
  const { extent } = core;
  const next = axis === "across"
    ? nextInReadingOrder(from, extent, back)
    : { row: Math.max(0, Math.min(extent.rows - 1, from.row + (back ? -1 : 1))), column: from.column };
  if (!next) return false;
  core.goTo(next);
  return true;
}

function goBy({ core }: Runtime, from: Cell, rows: number, columns: number): void {
  const { extent } = core;
  core.goTo({
    row: Math.max(0, Math.min(extent.rows - 1, from.row + rows)),
    column: Math.max(0, Math.min(extent.columns - 1, from.column + columns)),
  });
}
