import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { atRest } from "$/data/rest";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("work that waits until typing rests", () => {
  it("is done once, with what was typed last", () => {
    const done: string[] = [];
    const work = atRest((text: string) => done.push(text), 300);
    work("a");
    vi.advanceTimersByTime(299);
    work("ab");
    vi.advanceTimersByTime(299);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(["ab"]);
    vi.advanceTimersByTime(1000);
    expect(done).toEqual(["ab"]);
  });
  it("is done at once when the place is left, and only if something waits", () => {
    const done: string[] = [];
    const work = atRest((text: string) => done.push(text), 300);
    work.flush();
    work("a");
    work.flush();
    vi.advanceTimersByTime(1000);
    expect(done).toEqual(["a"]);
  });
  it("can be forgotten", () => {
    const done: string[] = [];
    const work = atRest((text: string) => done.push(text), 300);
    work("a");
    work.cancel();
    work.flush();
    vi.advanceTimersByTime(1000);
    expect(done).toEqual([]);
  });
});
