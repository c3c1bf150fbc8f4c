import { describe, expect, test } from "vitest";
import { BLOCK_ROWS, MAX_BLOCKS, MAX_FETCH_ROWS, MAX_LOADS } from "../../src/limits.ts";
import { RowCache } from "../../src/state/row-cache.ts";
import type { Beside, FetchedRows, Row, RowKey } from "../../src/index.ts";

interface Request {
  readonly start: number;
  readonly count: number;
  readonly signal: AbortSignal;
  readonly beside: Beside;
  answer(rows?: readonly Row[], place?: FetchedRows["place"]): Promise<void>;
  fail(message: string): Promise<void>;
}

const rowAt = (index: number): Row => ({ key: index, values: [String(index)] });
const rows = (start: number, count: number): Row[] => Array.from({ length: count }, (_, i) => rowAt(start + i));
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** A cache whose loads are answered by hand. */
function setup() {
  const requests: Request[] = [];
  const counts: [number, string][] = [];
  const estimates: RowKey[] = [];
  const moves: [number, number, number][] = [];
  const cache = new RowCache((start, count, signal, beside) => new Promise((resolve, reject) => {
    requests.push({
      start, count, signal, beside,
      answer: (given = rows(start, count), place?: FetchedRows["place"]) => (resolve({ rows: given, ...(place && { place }) }), tick()),
      fail: (message) => (reject(new Error(message)), tick()),
    });
  }), {
    onRows: () => undefined,
    onCount: (count, means) => counts.push([count, means]),
    onEstimate: (key) => estimates.push(key),
    onMove: (...move) => moves.push(move),
  });
  return { cache, requests, counts, estimates, moves };
}

describe("loading", () => {
  test("asks for the wanted blocks once, in order, and not for too many at a time", async () => {
    const { cache, requests } = setup();
    cache.want(0, BLOCK_ROWS * 4);
    cache.want(0, BLOCK_ROWS * 4);
    expect(requests.map((r) => r.start)).toEqual([0, BLOCK_ROWS].slice(0, MAX_LOADS));
    await requests[0]!.answer();
    expect(requests).toHaveLength(MAX_LOADS + 1);
    expect(cache.row(3)).toEqual(rowAt(3));
    expect(cache.stateOf(BLOCK_ROWS)).toBe("loading");
    expect(cache.stateOf(BLOCK_ROWS * 50)).toBe("absent");
  });
  test("gives up what is no longer wanted, and ignores its late answer", async () => {
    const { cache, requests } = setup();
    cache.want(0, 10);
    cache.want(BLOCK_ROWS * 9, BLOCK_ROWS * 9 + 10);
    expect(requests[0]!.signal.aborted).toBe(true);
    await requests[0]!.answer();
    expect(cache.row(0)).toBeUndefined();
  });
  test("a failed block says why and can be tried again", async () => {
    const { cache, requests } = setup();
    cache.want(0, 10);
    await requests[0]!.fail("no network");
    expect([cache.stateOf(0), cache.errorAt(0)]).toEqual(["failed", "no network"]);
    cache.want(0, 10);
    expect(requests).toHaveLength(1);
    cache.retry(0);
    await requests[1]!.answer();
    expect(cache.stateOf(0)).toBe("loaded");
  });
  test.each([
    [0, 7, [7, "exactly"]], [0, 0, [0, "exactly"]], [3, 5, [BLOCK_ROWS * 3 + 5, "exactly"]], [3, 0, [BLOCK_ROWS * 3, "at most"]],
    [3, BLOCK_ROWS, [BLOCK_ROWS * 4, "at least"]],
  ])("block %d with %d rows tells about the count", async (block, size, told) => {
    const { cache, requests, counts } = setup();
    cache.want(block * BLOCK_ROWS, block * BLOCK_ROWS + 1);
    await requests[0]!.answer(rows(block * BLOCK_ROWS, size));
    expect(counts).toEqual([told]);
  });
  test("forgets the least recently seen blocks", async () => {
    const { cache, requests } = setup();
    for (let block = 0; block < MAX_BLOCKS + 3; block++) {
      cache.want(block * BLOCK_ROWS, block * BLOCK_ROWS + 1);
      await requests.at(-1)!.answer();
    }
    expect(cache.row(0)).toBeUndefined();
    expect(cache.indexOf("0")).toBeUndefined();
    expect(cache.row((MAX_BLOCKS + 2) * BLOCK_ROWS)).toBeDefined();
  });
});

describe("keeping up with changes", () => {
  async function loaded() {
    const all = setup();
    all.cache.want(0, BLOCK_ROWS * 2);
    await Promise.all(all.requests.map((request) => request.answer()));
    return all;
  }
  test("stale rows stay visible until newer ones come", async () => {
    const { cache, requests } = await loaded();
    cache.markStale();
    expect(cache.row(5)).toEqual(rowAt(5));
    await requests[2]!.answer(rows(0, BLOCK_ROWS).map((row) => ({ ...row, values: ["new"] })));
    expect(cache.row(5)!.values).toEqual(["new"]);
  });
  test("a row is found by its key, also after the key has changed", async () => {
    const { cache } = await loaded();
    expect(cache.replace("7", { key: 7007, values: ["x"] })).toBe(true);
    expect([cache.indexOf("7"), cache.indexOf("7007")]).toEqual([undefined, 7]);
    expect(cache.replace("7", rowAt(7))).toBe(false);
  });
  test("deleted rows close the gap at once, and the rest is read again", async () => {
    const { cache, requests } = await loaded();
    cache.remove(["3", "5"]);
    expect([2, 3, 4].map((index) => cache.row(index)!.key)).toEqual([2, 4, 6]);
    expect(cache.row(BLOCK_ROWS - 1)!.key).toBe(BLOCK_ROWS + 1);
    expect(requests.slice(2).map((r) => r.start)).toEqual([0, BLOCK_ROWS]);
  });
  test("an answer that was read before a write is not believed", async () => {
    const { cache, requests } = await loaded();
    cache.want(BLOCK_ROWS * 5, BLOCK_ROWS * 5 + 1);
    cache.restartLoads();
    expect(requests.slice(2).map((r) => [r.start, r.signal.aborted])).toEqual([[BLOCK_ROWS * 5, true], [BLOCK_ROWS * 5, false]]);
  });
  test("forgetting everything aborts what is under way", async () => {
    const { cache, requests } = await loaded();
    cache.want(BLOCK_ROWS * 5, BLOCK_ROWS * 5 + 1);
    cache.clear();
    expect(requests[2]!.signal.aborted).toBe(true);
    expect(cache.row(0)).toBeUndefined();
  });
});

describe("ranges for a copy", () => {
  const never = new AbortController().signal;
  test("takes what is loaded and fetches the rest in large pieces", async () => {
    const { cache, requests } = setup();
    cache.want(0, 1);
    await requests[0]!.answer();
    const promise = cache.rowsBetween(10, BLOCK_ROWS + MAX_FETCH_ROWS + 20, never);
    expect(requests[1]).toMatchObject({ start: BLOCK_ROWS, count: MAX_FETCH_ROWS });
    await requests[1]!.answer();
    await requests[2]!.answer();
    const got = await promise;
    expect(got.map((row) => row.key)).toEqual(rows(10, BLOCK_ROWS + MAX_FETCH_ROWS + 10).map((row) => row.key));
  });
  test("stops at the end and rejects when a part fails", async () => {
    const { cache, requests } = setup();
    const short = cache.rowsBetween(0, 5000, never);
    await requests[0]!.answer(rows(0, 3));
    expect(await short).toHaveLength(3);
    const failing = cache.rowsBetween(0, 10, never);
    const check = expect(failing).rejects.toThrow("gone");
    await requests[1]!.fail("gone");
    await check;
  });
});

describe("far down", () => {
  const far = 60_000;
  const at = (index: number, error: number): Row[] => rows(index + error, BLOCK_ROWS);

  test("a block that stands about somewhere is joined in both directions, one after the other", async () => {
    const { cache, requests, estimates } = setup();
    cache.want(far, far + BLOCK_ROWS * 2);
    expect(requests.map((r) => [r.start, r.beside])).toEqual([[far, {}]]);
    await requests[0]!.answer(at(far, 77), "estimated");
    expect([cache.isEstimated(far), estimates]).toEqual([true, [far + 77]]);
    expect(requests[1]).toMatchObject({ start: far + BLOCK_ROWS, beside: { after: far + 76 + BLOCK_ROWS, estimated: true } });
    await requests[1]!.answer(at(far + BLOCK_ROWS, 77), "joined");
    cache.want(far - BLOCK_ROWS, far);
    expect(requests[2]).toMatchObject({ start: far - BLOCK_ROWS, beside: { before: far + 77, estimated: true } });
    await requests[2]!.answer(at(far - BLOCK_ROWS, 77), "joined");
    expect([far - 1, far + BLOCK_ROWS].map((index) => [cache.row(index)!.key, cache.isEstimated(index)])).toEqual([
      [far + 76, true],
      [far + BLOCK_ROWS + 77, true],
    ]);
    expect(estimates).toHaveLength(1);
  });
  test("what is located moves with all that joins it, and is counted from then on", async () => {
    const { cache, requests, moves } = setup();
    cache.want(far, far + BLOCK_ROWS * 2);
    await requests[0]!.answer(at(far, 77), "estimated");
    await requests[1]!.answer(at(far + BLOCK_ROWS, 77), "joined");
    cache.located(JSON.stringify(far + 77), far + 77, true);
    expect(moves).toEqual([[far, far + BLOCK_ROWS * 2, 77]]);
    expect([cache.row(far + 100)!.key, cache.isEstimated(far + 100), cache.row(far + 10)]).toEqual([far + 100, false, undefined]);
    expect(requests[2]!.start).toBe(far);
  });
  test("an estimate that meets counted rows, or another estimate, is forgotten", async () => {
    const { cache, requests } = setup();
    cache.want(far, far + 1);
    await requests[0]!.answer(at(far, 0));
    cache.want(far + BLOCK_ROWS * 2, far + BLOCK_ROWS * 2 + 1);
    await requests[1]!.answer(at(far + BLOCK_ROWS * 2, 500), "estimated");
    cache.want(far, far + BLOCK_ROWS * 3);
    await requests[2]!.answer(at(far + BLOCK_ROWS, 0), "joined");
    expect(cache.row(far + BLOCK_ROWS * 2)).toBeUndefined();
    expect(requests[3]).toMatchObject({ start: far + BLOCK_ROWS * 2, beside: { after: far + BLOCK_ROWS * 2 - 1, estimated: false } });
  });
  test("the first and the last row correct an estimate", async () => {
    const { cache, requests, counts, moves } = setup();
    cache.want(far, far + 1);
    await requests[0]!.answer(at(0, 30), "estimated");
    cache.want(far - BLOCK_ROWS, far - 1);
    await requests[1]!.answer(rows(0, 30), "joined");
    expect(moves).toEqual([[far - 30, far + BLOCK_ROWS, 30 - far]]);
    expect([cache.row(0)!.key, cache.row(179)!.key, cache.isEstimated(0)]).toEqual([0, 179, false]);
    cache.want(far, far + 1);
    await requests.at(-1)!.answer(rows(900, 20), "estimated");
    expect(counts.at(-1)).toEqual([far + 20, "about"]);
  });
  test("nothing is read beside a row that was written and may stand elsewhere", async () => {
    const { cache, requests } = setup();
    cache.want(0, 1);
    await requests[0]!.answer();
    cache.replace(JSON.stringify(BLOCK_ROWS - 1), rowAt(BLOCK_ROWS - 1));
    cache.want(BLOCK_ROWS, BLOCK_ROWS + 1);
    expect(requests[1]).toMatchObject({ start: BLOCK_ROWS, beside: {} });
  });
});
