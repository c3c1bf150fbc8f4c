import { errorCodes } from "@mathesar/api";
import { afterEach, describe, expect, it, vi } from "vitest";
import { TableSource } from "$/features/grid/source";

vi.mock("$/router/base", () => ({ base: "http://localhost/" }));

interface Called {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** Answers calls in their order, and notes what was asked. */
function server(...answers: readonly (object | null)[]): Called[] {
  const calls: Called[] = [];
  vi.stubGlobal("fetch", (_: string, { body }: { readonly body: string }) => {
    const { method, params } = JSON.parse(body) as Called;
    calls.push({ method, params });
    const answer = answers[calls.length - 1] ?? null;
    return Promise.resolve(Response.json(answer && "code" in answer ? { error: answer } : { result: answer }));
  });
  return calls;
}

const page = (id: number, place?: object) => ({ results: [{ "1": String(id) }], keys: [{ "1": String(id) }], place });
const source = () => new TableSource({ database_id: 1, table_oid: 2 }, [1], {});
const { signal } = new AbortController();

afterEach(() => vi.unstubAllGlobals());

describe("a table of many rows", () => {
  it("is read about where it was asked for, once it is known how many rows there are", async () => {
    const estimated = page(880, { offset: 900, exact: false });
    const calls = server(page(1), { count: 1000, exact: true }, estimated, page(901, { offset: 900, exact: true }));
    const table = source();
    await table.fetchRows(0, 150, signal, {});
    await table.rowCount(signal);
    expect((await table.fetchRows(900, 150, signal, {})).place).toBe("estimated");
    expect((await table.fetchRows(900, 150, signal, {})).place).toBeUndefined();
    expect(calls.map(({ params }) => params["approximate_count"])).toEqual([undefined, undefined, 1000, 1000]);
  });
  it("is read on beside a row, by an order of a while ago only where the row's place is an estimate", async () => {
    const calls = server({ count: 1000, exact: true }, page(2), page(1));
    const table = source();
    await table.rowCount(signal);
    expect((await table.fetchRows(150, 150, signal, { after: { "1": "1" } })).place).toBe("joined");
    await table.fetchRows(150, 150, signal, { before: { "1": "2" }, estimated: true });
    expect(calls.slice(1).map(({ params }) => params)).toMatchObject([
      { after: { "1": "1" } },
      { before: { "1": "2" }, approximate_count: 1000 },
    ]);
    expect(calls[1]!.params).not.toHaveProperty("approximate_count");
  });
  it("is counted from the beginning when the row beside is gone, or has no name", async () => {
    const calls = server({ code: errorCodes.rowConflict, message: "gone" }, page(3), page(4));
    const table = source();
    expect((await table.fetchRows(150, 150, signal, { after: { "1": "1" } })).place).toBeUndefined();
    await table.fetchRows(300, 150, signal, { after: { place: 299 } });
    expect(calls.slice(1).map(({ params }) => params["offset"])).toEqual([150, 300]);
  });
  it("is asked again where a row stands while that is being found out for somebody else", async () => {
    vi.useFakeTimers();
    const calls = server(null, { offset: 77, exact: true });
    const place = source().locate({ "1": "5" }, signal);
    await vi.advanceTimersByTimeAsync(2500);
    expect(await place).toEqual({ index: 77, exact: true });
    expect(calls.map(({ method }) => method)).toEqual(["records.locate", "records.locate"]);
    vi.useRealTimers();
  });
});
