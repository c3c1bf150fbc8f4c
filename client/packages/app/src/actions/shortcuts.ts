import { actions } from "./actions";

export const apple = /Mac|iPhone|iPad/.test(navigator.platform);

/** Runs the action whose shortcut was pressed. Keys that some other part has used already are left alone. */
export function handleShortcut(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const chord = chordOf(event);
  const isPlain = !chord.startsWith("Mod+");
  if (isPlain && isTyping(event.target)) return;
  const action = actions.find((each) => each.shortcut === chord && each.isAvailable());
  if (!action) return;
  event.preventDefault();
  action.run();
}

function chordOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = apple ? event.metaKey : event.ctrlKey;
  const shift = event.shiftKey && /^\p{L}$/u.test(key);
  return [mod && "Mod", event.altKey && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role=dialog]") !== null)
  );
}
