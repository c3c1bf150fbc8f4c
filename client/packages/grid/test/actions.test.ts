import { expect, test } from "vitest";
import { actionIds, actionsFor, chordOf, gridActions, keyCaps, type KeyPress } from "../src/actions.ts";

const key = (text: string, modifiers = ""): KeyPress => ({
  key: text, ctrlKey: modifiers.includes("c"), metaKey: modifiers.includes("m"), altKey: modifiers.includes("a"), shiftKey: modifiers.includes("s"),
});

test.each([
  [key("z", "c"), false, "undo"], [key("Z", "cs"), false, "redo"], [key("z", "m"), true, "undo"], [key(";", "c"), false, "insertToday"],
  [key(" ", "c"), false, "selectColumn"], [key(" ", "c"), true, "selectColumn"], [key(" ", "s"), false, "selectRow"], [key(" "), false, "openRecord"],
  [key("?", "s"), false, "help"], [key("ArrowDown", "cs"), false, "extendEdgeDown"], [key("Enter"), false, "edit"], [key("Tab", "s"), false, "previous"],
  [key("z"), false, undefined], [key("z", "c"), true, undefined], [key("Home", "c"), false, "gridStart"],
] as const)("%j on Apple: %s is %s", (press, apple, action) => expect(actionsFor(press, apple)[0]).toBe(action));

test("no two actions share a key", () => {
  const keys = actionIds.flatMap((id) => [...gridActions[id].keys] as string[]);
  expect(new Set(keys).size).toBe(keys.length);
});

test("every key in the table is one that a press can make", () => {
  for (const id of actionIds) {
    for (const keys of gridActions[id].keys) {
      const parts = keys.split(/\+(?=.)/);
      const last = parts.at(-1)!;
      const press = key(last === "Space" ? " " : last, `${parts.includes("Mod") || parts.includes("Ctrl") ? "c" : ""}${parts.includes("Alt") ? "a" : ""}${parts.includes("Shift") ? "s" : ""}`);
      expect(actionsFor(press, false), `${id} ${keys} ${chordOf(press, false)}`).toContain(id);
    }
  }
});

test("keys are written as people know them", () => {
  expect(keyCaps("Mod+Shift+z", false)).toEqual(["Ctrl", "Shift", "Z"]);
  expect(keyCaps("Mod+Shift+z", true)).toEqual(["⌘", "⇧", "Z"]);
  expect(keyCaps("Alt+PageUp", false)).toEqual(["Alt", "PgUp"]);
  expect(keyCaps("Mod+Alt+-", false)).toEqual(["Ctrl", "Alt", "-"]);
});
