import type { Writer } from "../commands/write.ts";
import type { Core } from "../core.ts";
import type { Point, Renderer } from "../render/renderer.ts";

/** What tools and actions work with. */
export interface Runtime {
  readonly core: Core;
  readonly writer: Writer;
  readonly renderer: Renderer;
  readonly apple: boolean;
  /** The tool in use. */
  readonly tool: Tool;
  use(tool: Tool): void;
}

/** One state of the grid's interaction. A state that has no use for an event leaves its handler out. */
export interface Tool {
  readonly name: "idle" | "select" | "resize" | "reorder" | "fill" | "edit";
  /** The pointer moved, or the table moved under it. */
  move?(point: Point): void;
  /** The pointer was released; `mod` says whether Ctrl, or ⌘ on Apple's systems, was held. */
  release?(point: Point, mod: boolean): void;
  /** Escape, a lost pointer, or another tool takes over. */
  cancel?(): void;
  /** True when the key was used. */
  key?(event: KeyboardEvent): boolean;
  /** The pointer went down outside of what the tool owns; idle acts on it afterwards. */
  leave?(): void;
  /** Tools that scroll when the pointer is dragged beyond an edge. */
  readonly scrolls?: { readonly x: boolean; readonly y: boolean };
}
