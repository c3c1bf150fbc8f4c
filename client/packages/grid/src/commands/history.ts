/** Undo and redo: the inverse changes are sent like any others and are refused when the rows have changed since. */

import type { Core } from "../core.ts";
import type { Writer } from "./write.ts";

export async function undo(core: Core, writer: Writer): Promise<void> {
  const { messages } = core.options;
  const step = core.history.takeUndo();
  if (!step) return core.notice("info", messages.nothingToUndo);
  await writer.replay(step, (inverse) => {
    core.history.pushRedo(inverse);
    core.speak(messages.undone);
  });
}

export async function redo(core: Core, writer: Writer): Promise<void> {
  const { messages } = core.options;
  const step = core.history.takeRedo();
  if (!step) return core.notice("info", messages.nothingToRedo);
  await writer.replay(step, (inverse) => {
    core.history.pushUndo(inverse);
    core.speak(messages.redone);
  });
}
