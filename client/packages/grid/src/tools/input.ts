/** The browser's events, translated for tools and actions. */

import { actionsFor } from "../actions.ts";
import { copySelection, cutSelection, pasteBlock, readClipboard, type Clip } from "../commands/clipboard.ts";
import { toggle } from "../commands/edit.ts";
import { autoScrollSpeed, hitTest } from "../kernels/geometry.ts";
import { isFollowable } from "../cells/links.ts";
import type { Point } from "../render/renderer.ts";
import { beginEdit } from "./edit.ts";
import { doublePress, hoverHint, idleTool, press, pressesCheckbox } from "./idle.ts";
import { runAction } from "./run-action.ts";
import type { Runtime } from "./tool.ts";

const CLIPBOARD_ACTIONS: ReadonlySet<string> = new Set(["copy", "cut", "paste"]);

export class Input {
  readonly #run: Runtime;
  readonly #off = new AbortController();
  #pointer: { readonly id: number; event: PointerEvent } | null = null;
  /** What the pointer went down on; once the grid has captured it, the browser names no target any more. */
  #pressed: { readonly target: Element | null; readonly point: Point; readonly wasActive: boolean } | null = null;
  #scrollFrame = 0;
  /** After Escape, the next Tab leaves the grid, so that the keyboard is never caught in it. */
  #leaving = false;
  /** A copy that had to be fetched, until the browser asks for it. */
  #ready: Clip | null = null;

  constructor(run: Runtime) {
    this.#run = run;
    const { root } = run.renderer;
    const options = { signal: this.#off.signal };
    root.addEventListener("pointerdown", (event) => this.#down(event), options);
    root.addEventListener("pointermove", (event) => this.#move(event), options);
    root.addEventListener("pointerup", (event) => this.#up(event), options);
    root.addEventListener("lostpointercapture", () => this.#lost(), options);
    root.addEventListener("dblclick", (event) => this.#double(event), options);
    root.addEventListener("click", (event) => this.#click(event), options);
    root.addEventListener("contextmenu", (event) => this.#menu(event), options);
    root.addEventListener("keydown", (event) => this.#key(event), options);
    root.addEventListener("focusout", (event) => this.#blur(event), options);
    root.addEventListener("copy", (event) => this.#copy(event, false), options);
    root.addEventListener("cut", (event) => this.#copy(event, true), options);
    root.addEventListener("paste", (event) => this.#paste(event), options);
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
    if (outsideCells(event)) return;
    const { renderer, core, apple } = this.#run;
    const point = renderer.pointOf(event);
    // The scrollbars belong to the browser.
    if (point.x > core.layout.viewWidth || point.y > core.layout.viewHeight || point.x < 0) return;
    if (this.#editing) this.#run.tool.leave?.();
    renderer.element.focus({ preventScroll: true });
    this.#pressed = { target: targetOf(event), point, wasActive: this.#isActive(point) };
    if (this.#opensLink(event, this.#pressed.target)) return;
    // A finger scrolls; it selects when it is lifted without having moved, which is a click.
    if (event.pointerType === "touch") return;
    this.#press(event, point, apple);
    if (this.#run.tool.name === "idle" || event.button !== 0) return;
    event.preventDefault();
    renderer.element.setPointerCapture(event.pointerId);
    this.#pointer = { id: event.pointerId, event };
  }

  #press(event: PointerEvent | MouseEvent, point: Point, apple: boolean): void {
    const action = targetOf(event)?.closest<HTMLElement>("[data-grid-action]")?.dataset["gridAction"] ?? null;
    press(this.#run, {
      point, action, shift: event.shiftKey, mod: apple ? event.metaKey : event.ctrlKey, primary: event.button === 0,
    });
  }

  #move(event: PointerEvent): void {
    const { renderer, tool } = this.#run;
    if (!this.#pointer) {
      if (event.pointerType === "touch" || tool.name !== "idle") return;
      const { cursor, title } = hoverHint(this.#run, renderer.pointOf(event));
      renderer.element.style.cursor = cursor;
      if (renderer.element.title !== title) renderer.element.title = title;
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
    const point = this.#run.renderer.pointOf(event);
    this.#run.tool.release?.(point, this.#run.apple ? event.metaKey : event.ctrlKey);
    const pressed = this.#pressed;
    const stayed = pressed && Math.hypot(pressed.point.x - point.x, pressed.point.y - point.y) < 4;
    if (stayed && !event.shiftKey && event.button === 0) this.#tick(pressed.target, point);
  }

  #lost(): void {
    if (!this.#pointer) return;
    this.#pointer = null;
    this.#run.use(idleTool);
  }

  /** A finger's tap; for a mouse, only links need care, for the rest has happened already. */
  #click(event: MouseEvent): void {
    if (outsideCells(event)) return;
    const target = targetOf(event);
    const touch = event instanceof PointerEvent && event.pointerType === "touch";
    if (target?.closest("a") && !this.#opensLink(event, target) && !(touch && this.#pressed?.wasActive)) event.preventDefault();
    if (!touch) return;
    const point = this.#run.renderer.pointOf(event);
    this.#press(event, point, this.#run.apple);
    if (this.#run.tool.name !== "edit") this.#run.use(idleTool);
    this.#tick(target, point);
  }

  /** A press on a checkbox ticks it; elsewhere in the cell it only selects. */
  #tick(target: Element | null, point: Point): void {
    const { core, writer } = this.#run;
    const hit = hitTest(core.layout, point.x, point.y);
    if (hit.area === "cell" && pressesCheckbox(this.#run, target, hit)) toggle(core, writer, hit);
  }

  /** With Ctrl or ⌘ a link is the browser's; without, a press selects its cell. */
  #opensLink(event: MouseEvent, target: Element | null): boolean {
    const link = target?.closest("a");
    return link !== null && link !== undefined && (this.#run.apple ? event.metaKey : event.ctrlKey) && isFollowable(link.href);
  }

  #isActive(point: Point): boolean {
    const { core } = this.#run;
    const hit = hitTest(core.layout, point.x, point.y);
    const { active } = core.selection;
    return hit.area === "cell" && hit.row === active.row && hit.column === active.column;
  }

  #double(event: MouseEvent): void {
    // A checkbox has been ticked twice by now; it needs no editor.
    if (outsideCells(event) || this.#pressed?.target?.closest(".grid-check")) return;
    doublePress(this.#run, this.#run.renderer.pointOf(event));
  }

  #menu(event: MouseEvent): void {
    const { core, renderer } = this.#run;
    if (outsideCells(event) || !core.callbacks.onContextMenu) return;
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
    if (targetOf(event)?.closest(".grid-failed")) return;
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
    if (!this.#editing || !(to instanceof Node) || this.#run.renderer.root.contains(to)) return;
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

function targetOf(event: Event): Element | null {
  return event.target instanceof Element ? event.target : null;
}

/** True for events of an open editor and of the message about rows that could not be loaded. */
function outsideCells(event: Event): boolean {
  return targetOf(event)?.closest(".grid-editor, .grid-failed") !== null;
}
