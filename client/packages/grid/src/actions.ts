/**
 * Every keyboard action of the grid, in one table: key handling, help dialogs and menus are read from it.
 *
 * `Mod` is ⌘ on Apple's systems and Ctrl elsewhere. A key may serve several actions; the first that applies runs.
 */

export type ActionGroup = "move" | "select" | "edit" | "clipboard" | "rows" | "columns" | "other";

interface Spec {
  readonly keys: readonly string[];
  readonly group: ActionGroup;
}

/** What each action is called in code, its keys and its place in the help. Labels are in `GridMessages.actions`. */
export const gridActions = {
  moveLeft: { keys: ["ArrowLeft"], group: "move" },
  moveRight: { keys: ["ArrowRight"], group: "move" },
  moveUp: { keys: ["ArrowUp"], group: "move" },
  moveDown: { keys: ["ArrowDown"], group: "move" },
  edgeLeft: { keys: ["Mod+ArrowLeft"], group: "move" },
  edgeRight: { keys: ["Mod+ArrowRight"], group: "move" },
  edgeUp: { keys: ["Mod+ArrowUp"], group: "move" },
  edgeDown: { keys: ["Mod+ArrowDown"], group: "move" },
  rowStart: { keys: ["Home"], group: "move" },
  rowEnd: { keys: ["End"], group: "move" },
  gridStart: { keys: ["Mod+Home"], group: "move" },
  gridEnd: { keys: ["Mod+End"], group: "move" },
  pageUp: { keys: ["PageUp"], group: "move" },
  pageDown: { keys: ["PageDown"], group: "move" },
  pageLeft: { keys: ["Alt+PageUp"], group: "move" },
  pageRight: { keys: ["Alt+PageDown"], group: "move" },
  next: { keys: ["Tab"], group: "move" },
  previous: { keys: ["Shift+Tab"], group: "move" },

  extendLeft: { keys: ["Shift+ArrowLeft"], group: "select" },
  extendRight: { keys: ["Shift+ArrowRight"], group: "select" },
  extendUp: { keys: ["Shift+ArrowUp"], group: "select" },
  extendDown: { keys: ["Shift+ArrowDown"], group: "select" },
  extendEdgeLeft: { keys: ["Mod+Shift+ArrowLeft"], group: "select" },
  extendEdgeRight: { keys: ["Mod+Shift+ArrowRight"], group: "select" },
  extendEdgeUp: { keys: ["Mod+Shift+ArrowUp"], group: "select" },
  extendEdgeDown: { keys: ["Mod+Shift+ArrowDown"], group: "select" },
  extendRowStart: { keys: ["Shift+Home"], group: "select" },
  extendRowEnd: { keys: ["Shift+End"], group: "select" },
  extendGridStart: { keys: ["Mod+Shift+Home"], group: "select" },
  extendGridEnd: { keys: ["Mod+Shift+End"], group: "select" },
  extendPageUp: { keys: ["Shift+PageUp"], group: "select" },
  extendPageDown: { keys: ["Shift+PageDown"], group: "select" },
  selectAll: { keys: ["Mod+a", "Mod+Shift+Space"], group: "select" },
  selectColumn: { keys: ["Ctrl+Space"], group: "select" },
  selectRow: { keys: ["Shift+Space"], group: "select" },
  collapse: { keys: ["Escape"], group: "select" },

  edit: { keys: ["F2", "Enter"], group: "edit" },
  clear: { keys: ["Delete", "Backspace"], group: "edit" },
  setNull: { keys: ["Mod+Shift+Delete", "Mod+Shift+Backspace"], group: "edit" },
  fillDown: { keys: ["Mod+d"], group: "edit" },
  fillRight: { keys: ["Mod+r"], group: "edit" },
  insertToday: { keys: ["Mod+;"], group: "edit" },
  undo: { keys: ["Mod+z"], group: "edit" },
  redo: { keys: ["Mod+y", "Mod+Shift+z"], group: "edit" },

  copy: { keys: ["Mod+c"], group: "clipboard" },
  cut: { keys: ["Mod+x"], group: "clipboard" },
  paste: { keys: ["Mod+v"], group: "clipboard" },

  openRecord: { keys: ["Space"], group: "rows" },
  insertRow: { keys: ["Mod+Shift+Enter"], group: "rows" },
  duplicateRows: { keys: ["Mod+Shift+d"], group: "rows" },
  deleteRows: { keys: ["Mod+Alt+-"], group: "rows" },

  columnMenu: { keys: ["Alt+ArrowDown"], group: "columns" },
  moveColumnLeft: { keys: ["Alt+Shift+ArrowLeft"], group: "columns" },
  moveColumnRight: { keys: ["Alt+Shift+ArrowRight"], group: "columns" },
  narrowColumn: { keys: ["Mod+Alt+ArrowLeft"], group: "columns" },
  widenColumn: { keys: ["Mod+Alt+ArrowRight"], group: "columns" },
  fitColumn: { keys: ["Mod+Alt+0"], group: "columns" },

  contextMenu: { keys: ["ContextMenu", "Shift+F10"], group: "other" },
  showFailure: { keys: ["Alt+Enter"], group: "other" },
  find: { keys: ["Mod+f"], group: "other" },
  replace: { keys: ["Mod+h"], group: "other" },
  help: { keys: ["?"], group: "other" },
} as const satisfies Record<string, Spec>;

export type ActionId = keyof typeof gridActions;

export const actionIds = Object.keys(gridActions) as readonly ActionId[];

/** The parts of a keyboard event that decide about an action. */
export interface KeyPress {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Writes a key press the way the table does, for example `Mod+Shift+z`. */
export function chordOf(press: KeyPress, apple: boolean): string {
  const key = press.key === " " ? "Space" : press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const mod = apple ? press.metaKey : press.ctrlKey;
  const control = apple ? press.ctrlKey : press.metaKey;
  // A printed sign such as "?" already says that Shift was held; only letters and named keys need the word.
  const shift = press.shiftKey && (key.length > 1 || /\p{L}/u.test(key));
  return [mod && "Mod", control && (apple ? "Ctrl" : "Meta"), press.altKey && "Alt", shift && "Shift", key]
    .filter(Boolean).join("+");
}

const byChord: ReadonlyMap<string, readonly ActionId[]> = indexByChord();

function indexByChord(): Map<string, ActionId[]> {
  const index = new Map<string, ActionId[]>();
  for (const id of actionIds) {
    for (const keys of gridActions[id].keys) {
      index.set(keys, [...(index.get(keys) ?? []), id]);
    }
  }
  return index;
}

/** The actions that a key press may mean, in the order of the table. */
export function actionsFor(press: KeyPress, apple: boolean): readonly ActionId[] {
  const chord = chordOf(press, apple);
  // "Ctrl" in the table is the Control key on every system, because macOS keeps ⌘+Space for itself.
  return byChord.get(chord) ?? (apple ? [] : byChord.get(chord.replace("Mod", "Ctrl")) ?? []);
}

/** The keys of an action for people: `["Ctrl", "Shift", "Z"]`, or with `⌘ ⇧ ⌥` on Apple's systems. */
export function keyCaps(keys: string, apple: boolean): readonly string[] {
  const names: Record<string, string> = {
    ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", PageUp: "PgUp", PageDown: "PgDn", ContextMenu: "Menu",
    ...(apple ? { Mod: "⌘", Ctrl: "⌃", Alt: "⌥", Shift: "⇧" } : { Mod: "Ctrl" }),
  };
  return keys.split(/\+(?=.)/).map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}
