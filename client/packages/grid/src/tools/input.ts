/** The browser's events, translated for tools and actions. */

import { actionsFor } from "../actions.ts";
import { copySelection, cutSelection, pasteBlock, readClipboard, type Clip } from "../commands/clipboard.ts";
import { toggle } from "../commands/edit.ts";
import { autoScrollSpeed, hitTest } from "../kernels/geometry.ts";
import { isFollowable } from "../cells/links.ts";
import type { Point } from "../render/renderer.ts";
import { beginEdit } from "./edit.ts";
import { doublePress, hoverCursor, idleTool, press, pressesCheckbox } from "./idle.ts";
import { runAction } from "./run-action.ts";
import type { Runtime } from "./tool.ts";

const CLIPBOARD_ACTIONS: ReadonlySet<string> = new Set(["copy", "cut", "paste"]);

export class Input {
  readonly #run: Runtime;
  readonly #off = new AbortController();
  #pointer: { readonly id: number; event: PointerEvent } | null = null;
  #scrollFrame = 0;
  /** After Escape, the next Tab leaves the grid, so that the keyboard is never caught in it. */
  #leaving = false;
  /** A copy that had to be fetched, until the browser asks for it. */
  #ready: Clip | null = null;

  constructor(run: Runtime) {
    this.#run = run;
    const { element } = run.renderer;
    const options = { signal: this.#off.signal };
    element.addEventListener("pointerdown", (event) => this.#down(event), options);
    element.addEventListener("pointermove", (event) => this.#move(event), options);
    element.addEventListener("pointerup", (event) => this.#up(event), options);
    element.addEventListener("lostpointercapture", () => this.#lost(), options);
    element.addEventListener("dblclick", (event) => this.#double(event), options);
    element.addEventListener("click", (event) => this.#click(event), options);
    element.addEventListener("contextmenu", (event) => this.#menu(event), options);
    element.addEventListener("keydown", (event) => this.#key(event), options);
    element.addEventListener("focusout", (event) => this.#blur(event), options);
    element.addEventListener("copy", (event) => this.#copy(event, false), options);
    element.addEventListener("cut", (event) => this.#copy(event, true), options);
    element.addEventListener("paste", (event) => this.#paste(event), options);
  }

  destroy(): void {
    cancelAnimationFrame(this.#scrollFrame);
    this.#off.abort();
  }

  get #editing(): boolean {
    return this.#run.tool.name === "edit";
  }

  // ---- pointer ----

  #down(event: PointerEvent): void {
    if (inEditor(event)) return;
    const { renderer, core, apple } = this.#run;
    const point = renderer.pointOf(event);
    // The scrollbars belong to the browser.
    if (point.x > core.layout.viewWidth || point.y > core.layout.viewHeight || point.x < 0) return;
    if (this.#editing) this.#run.tool.leave?.();
    renderer.element.focus({ preventScroll: true });
    // A finger scrolls; it selects when it is lifted without having moved, which is a click.
    if (event.pointerType === "touch") return;
    this.#press(event, point, apple);
    if (this.#run.tool.name === "idle" || event.button !== 0) return;
    event.preventDefault();
    renderer.element.setPointerCapture(event.pointerId);
    this.#pointer = { id: event.pointerId, event };
  }

  #press(event: PointerEvent | MouseEvent, point: Point, apple: boolean): void {
    const target = event.target instanceof Element ? event.target : null;
    const action = target?.closest<HTMLElement>("[data-grid-action]")?.dataset["gridAction"] ?? null;
    press(this.#run, {
      point, action, shift: event.shiftKey, mod: apple ? event.metaKey : event.ctrlKey, primary: event.button === 0,
    });
  }

  #move(event: PointerEvent): void {
    const { renderer, tool } = this.#run;
    if (!this.#pointer) {
      if (event.pointerType !== "touch" && tool.name === "idle") renderer.element.style.cursor = hoverCursor(this.#run, renderer.pointOf(event));
      return;
    }
    this.#pointer.event = event;
    tool.move?.(renderer.pointOf(event));
    if (tool.scrolls && this.#scrollFrame === 0) this.#scrollFrame = requestAnimationFrame(() => this.#autoScroll());
  }

  /** While the pointer is dragged beyond an edge, the table moves and the tool follows. */
  #autoScroll(): void {
    this.#scrollFrame = 0;
    const { core, renderer, tool } = this.#run;
    if (!this.#pointer || !tool.scrolls) return;
    const { layout } = core;
    const point = renderer.pointOf(this.#pointer.event);
    const x = tool.scrolls.x ? autoScrollSpeed(point.x, layout.gutterWidth, layout.viewWidth) : 0;
    const y = tool.scrolls.y ? autoScrollSpeed(point.y, layout.headerHeight, layout.viewHeight) : 0;
    if (x === 0 && y === 0) return;
    core.viewport.goTo(layout, layout.scrollX + x, layout.scrollY + y);
    core.draw();
    tool.move?.(point);
    this.#scrollFrame = requestAnimationFrame(() => this.#autoScroll());
  }

  #up(event: PointerEvent): void {
    if (this.#pointer?.id !== event.pointerId) return;
    this.#pointer = null;
    this.#run.tool.release?.(this.#run.renderer.pointOf(event));
  }

  #lost(): void {
    if (!this.#pointer) return;
    this.#pointer = null;
    this.#run.use(idleTool);
  }

  #click(event: MouseEvent): void {
    if (inEditor(event)) return;
    const { renderer, core, writer, apple } = this.#run;
    const target = event.target instanceof Element ? event.target : null;
    this.#followLink(event, target, apple ? event.metaKey : event.ctrlKey);
    const point = renderer.pointOf(event);
    if (event instanceof PointerEvent && event.pointerType === "touch") {
      this.#press(event, point, apple);
      if (this.#run.tool.name !== "edit") this.#run.use(idleTool);
    }
    const hit = hitTest(core.layout, point.x, point.y);
    if (hit.area === "cell" && !event.shiftKey && pressesCheckbox(this.#run, target, hit) && core.refusal(hit.row, core.columns.at(hit.column)!) === null) {
      toggle(core, writer, hit);
    }
  }

  /** A plain click on a link selects its cell; with Ctrl or ⌘ the browser follows it. */
  #followLink(event: MouseEvent, target: Element | null, mod: boolean): void {
    const link = target?.closest("a");
    if (link && !(mod && isFollowable(link.href))) event.preventDefault();
  }

  #double(event: MouseEvent): void {
    if (!inEditor(event)) doublePress(this.#run, this.#run.renderer.pointOf(event));
  }

  #menu(event: MouseEvent): void {
    const { core, renderer } = this.#run;
    if (inEditor(event) || !core.callbacks.onContextMenu) return;
    // Shift keeps the browser's own menu within reach.
    if (event.shiftKey) return;
    event.preventDefault();
    const point = renderer.pointOf(event);
    const hit = hitTest(core.layout, point.x, point.y);
    const column = hit.area === "header" ? core.columns.at(hit.column) : undefined;
    if (column && core.callbacks.onColumnMenu) return core.callbacks.onColumnMenu(column, renderer.headerRect(column));
    core.callbacks.onContextMenu(core.place(core.selection.active), { x: event.clientX, y: event.clientY });
  }

  // ---- keyboard ----

  #key(event: KeyboardEvent): void {
    const { tool, core, apple } = this.#run;
    if (tool.key) {
      if (tool.key(event)) {
        event.stopPropagation();
        if (!event.isComposing) event.preventDefault();
      }
      return;
    }
    if (event.key === "Escape" && this.#pointer) {
      event.preventDefault();
      return this.#lost();
    }
    const leaving = this.#leaving;
    this.#leaving = event.key === "Escape";
    if (event.key === "Tab" && leaving) return;
    for (const action of actionsFor(event, apple)) {
      if (CLIPBOARD_ACTIONS.has(action)) return;
      if (!runAction(this.#run, action)) continue;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    this.#type(event, core.selection.active);
  }

  /** Any other sign begins to edit the active cell. */
  #type(event: KeyboardEvent, cell: { row: number; column: number }): void {
    if (event.ctrlKey && !event.altKey) return;
    if (event.metaKey) return;
    // An input method sends no sign yet; the empty editor takes what it composes.
    const composing = event.key === "Process" || event.keyCode === 229;
    if (!composing && [...event.key].length !== 1) return;
    if (beginEdit(this.#run, cell, composing ? "" : event.key) && !composing) event.preventDefault();
  }

  /** Focus that goes elsewhere on the page ends editing and keeps what was typed. */
  #blur(event: FocusEvent): void {
    const to = event.relatedTarget;
    if (!this.#editing || !(to instanceof Node) || this.#run.renderer.element.contains(to)) return;
    this.#run.tool.leave?.();
  }

  // ---- clipboard ----

  #copy(event: ClipboardEvent, cut: boolean): void {
    if (this.#editing || !event.clipboardData) return;
    event.preventDefault();
    const { core, writer } = this.#run;
    const clip = this.#ready ?? copySelection(core);
    if (clip === null) return;
    if (clip instanceof Promise) return void this.#copyLater(clip, cut);
    event.clipboardData.setData("text/plain", clip.text);
    event.clipboardData.setData("text/html", clip.html);
    core.speak(core.options.messages.copied(clip.cells));
    if (cut) void cutSelection(core, writer);
  }

  /** The rows are being fetched; the clipboard is written when they are here, and nothing is cut before that. */
  async #copyLater(promise: Promise<Clip>, cut: boolean): Promise<void> {
    const { core, writer } = this.#run;
    const { messages } = core.options;
    core.notice("info", messages.loading);
    try {
      const clip = await promise;
      if (!(await this.#writeClipboard(clip))) return core.notice("error", messages.clipboardBlocked);
      core.notice("info", messages.copied(clip.cells));
      if (cut) await cutSelection(core, writer);
    } catch (error) {
      if (!core.signal.aborted) core.notice("error", messages.loadFailed(error instanceof Error ? error.message : String(error)));
    }
  }

  async #writeClipboard(clip: Clip): Promise<boolean> {
    // Without HTTPS there is no clipboard object; the old command still works shortly after a key press.
    this.#ready = clip;
    const done = document.activeElement === this.#run.renderer.element && document.execCommand("copy");
    this.#ready = null;
    if (done) return true;
    if (!("clipboard" in navigator) || typeof ClipboardItem === "undefined") return false;
    const blob = (type: string, text: string): Blob => new Blob([text], { type });
    const item = new ClipboardItem({ "text/plain": blob("text/plain", clip.text), "text/html": blob("text/html", clip.html) });
    return navigator.clipboard.write([item]).then(() => true, () => false);
  }

  #paste(event: ClipboardEvent): void {
    if (this.#editing || !event.clipboardData) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    const html = event.clipboardData.getData("text/html");
    if (text === "" && html === "") return;
    void pasteBlock(this.#run.core, this.#run.writer, readClipboard(text, html));
  }
}

function inEditor(event: Event): boolean {
  return event.target instanceof Element && event.target.closest(".grid-editor") !== null;
}
