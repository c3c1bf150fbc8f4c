/**
 * Undo and redo: the inverse changes are sent like any others and are refused when the rows have changed since. What another
 * table would have to take back is left to the host, which can show that table.
 */

import type { Core } from "../core.ts";
import type { NextStep } from "../state/history.ts";
import type { Writer } from "./write.ts";

export async function undo(core: Core, writer: Writer): Promise<void> {
  const { history } = core;
  const { messages } = core.options;
  await run(core, writer, history.takeUndo(), "undo", (inverse) => {
    history.pushRedo(inverse);
    core.speak(messages.undone);
  });
}

export async function redo(core: Core, writer: Writer): Promise<void> {
  const { history } = core;
  const { messages } = core.options;
  await run(core, writer, history.takeRedo(), "redo", (inverse) => {
    history.pushUndo(inverse);
    core.speak(messages.redone);
  });
}

async function run(
  core: Core, writer: Writer, next: NextStep | undefined, action: "undo" | "redo", done: Parameters<Writer["replay"]>[1],
): Promise<void> {
  const { callbacks } = core;
  const { messages } = core.options;
  const nothing = action === "undo" ? messages.nothingToUndo : messages.nothingToRedo;
  if (!next) return core.notice("info", nothing);
  if (next.where === "here") return writer.replay(next.step, done);
  if (callbacks.onHistoryElsewhere) callbacks.onHistoryElsewhere(next.place, action);
  else core.notice("info", nothing);
}
