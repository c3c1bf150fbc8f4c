import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { unsaved, type UnsavedWork } from "$/features/unsaved/unsaved.svelte";

type Changeable = { -readonly [Name in keyof UnsavedWork]: UnsavedWork[Name] };

/** Takes part for one test. */
function work(state: Partial<UnsavedWork>): Changeable {
  const made: Changeable = {
    pending: 0,
    unsaved: 0,
    reasons: [],
    canSave: false,
    save: async () => undefined,
    ...state,
  };
  forget.push(unsaved.add(made));
  return made;
}

const forget: (() => void)[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const end of forget.splice(0)) end();
  vi.useRealTimers();
});

describe("a page", () => {
  it("is left at once when all is saved, what was being typed included", () => {
    const commit = vi.fn();
    work({ commit });
    expect(unsaved.mayLeave()).toBe(true);
    expect(commit).toHaveBeenCalledOnce();
  });
  it("is left without a question when what is on its way arrives soon", async () => {
    const saving = work({ pending: 1 });
    const leaving = unsaved.mayLeave();
    await vi.advanceTimersByTimeAsync(100);
    saving.pending = 0;
    await vi.advanceTimersByTimeAsync(100);
    expect(unsaved.question).toBeNull();
    expect(await leaving).toBe(true);
  });
  it("stays while a failed edit is asked about, and goes when it was given up", async () => {
    const failed = work({ unsaved: 2 });
    for (const answer of [false, true]) {
      const leaving = unsaved.mayLeave();
      await vi.advanceTimersByTimeAsync(0);
      expect(unsaved.question?.work).toBe(failed);
      unsaved.question?.answer(answer);
      expect(await leaving).toBe(answer);
      expect(unsaved.question).toBeNull();
    }
  });
  it("is asked about one work after the other, and stays at the first no", async () => {
    work({ unsaved: 1 });
    const second = work({ unsaved: 1 });
    const leaving = unsaved.mayLeave();
    await vi.advanceTimersByTimeAsync(0);
    unsaved.question?.answer(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(unsaved.question?.work).toBe(second);
    unsaved.question?.answer(false);
    expect(await leaving).toBe(false);
  });
  it("keeps a browser from closing only while something would be lost", () => {
    expect(unsaved.any).toBe(false);
    const pending = work({ pending: 1 });
    expect(unsaved.any).toBe(true);
    pending.pending = 0;
    expect(unsaved.any).toBe(false);
  });
});
