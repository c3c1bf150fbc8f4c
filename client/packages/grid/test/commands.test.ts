// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { copySelection, cutSelection, pasteBlock, readClipboard, type Clip } from "../src/commands/clipboard.ts";
import { clearSelection, commitText, insertToday, insertWaiting, setValue, toggle } from "../src/commands/edit.ts";
import { discardFailed, failures, resolve, retryFailed } from "../src/commands/failures.ts";
import { fillByHandle, fillSelection } from "../src/commands/fill.ts";
import { redo, undo } from "../src/commands/history.ts";
import { deleteRows, duplicateRows, insertRow } from "../src/commands/rows.ts";
import { summarise } from "../src/commands/summary.ts";
import { extendTo, selectBlock, selectCell } from "../src/kernels/selection.ts";
import { makeColumns } from "../dev/memory-source.ts";
import { EditLog, type CellValue } from "../src/index.ts";
import { bench, type Bench } from "./support.ts";

const TEXT = 1;
const NUMBER = 2;
const BOOLEAN = 3;

const at = ({ core }: Bench, row: number, column: number): CellValue | undefined => core.table.value(row, core.columns.at(column)!);
const select = ({ core }: Bench, top: number, left: number, bottom = top, right = left): void =>
  core.select(extendTo(selectCell({ row: top, column: left }), { row: bottom, column: right }));
const kinds = ({ source }: Bench): string[] => source.applied.map((changes) => changes.map((change) => change.op).join(" "));
const paste = (b: Bench, text: string, html = ""): Promise<void> => pasteBlock(b.core, b.writer, readClipboard(text, html));

describe("editing", () => {
  test("shows the new value at once and marks it until the database has answered", async () => {
    const b = await bench();
    expect(commitText(b.core, b.writer, { row: 0, column: TEXT }, "new").ok).toBe(true);
    expect(at(b, 0, TEXT)).toBe("new");
    expect(b.core.edits.status().pending).toBe(1);
    await b.settle();
    expect(b.core.edits.status().pending).toBe(0);
    expect(b.core.table.rowAt(0)!.values[TEXT]).toBe("new");
    expect(b.source.applied[0]).toEqual([{ op: "update", key: 1, set: { 2: "new" }, expect: { 2: "Ada 1" } }]);
  });
  test("a value that is there already sends nothing", async () => {
    const b = await bench();
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "Ada 1");
    await b.settle();
    expect(b.source.applied).toEqual([]);
  });
  test("a second edit expects what the first one wrote", async () => {
    const b = await bench();
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "one");
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "two");
    await b.settle();
    expect(b.source.applied[1]).toEqual([{ op: "update", key: 1, set: { 2: "two" }, expect: { 2: "one" } }]);
    expect(at(b, 0, TEXT)).toBe("two");
  });
  test("values that a written row lacks at its end stay", async () => {
    const b = await bench();
    const apply = b.source.apply.bind(b.source);
    const last = b.core.columns.count - 1;
    const before = at(b, 0, last);
    b.source.apply = async (changes) => {
      const outcome = await apply(changes);
      if (!outcome.applied) return outcome;
      return { ...outcome, rows: outcome.rows.map((row) => row && { ...row, values: row.values.slice(0, 2) }) };
    };
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "new");
    await b.settle();
    expect([at(b, 0, TEXT), at(b, 0, last)]).toEqual(["new", before]);
    expect(before).not.toBeNull();
  });
  test("rows that were read before a write are read again after it", async () => {
    const b = await bench();
    const blocks = vi.spyOn(b.core.cache, "restartLoads");
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "new");
    await b.settle();
    expect(blocks).toHaveBeenCalledOnce();
  });
  test("text that is no value changes nothing and says why", async () => {
    const b = await bench();
    const parsed = commitText(b.core, b.writer, { row: 0, column: NUMBER }, "abc");
    expect(parsed).toMatchObject({ ok: false, message: "“abc” is not a number" });
    await b.settle();
    expect(b.source.applied).toEqual([]);
  });
  test("a read-only column is refused with its reason", async () => {
    const b = await bench({ columns: makeColumns(21) });
    setValue(b.core, b.writer, { row: 0, column: 20 }, "1");
    expect(b.notices[0]).toMatch(/It is a generated column/);
  });
  test("a column that only new rows take is written in them, and in no other", async () => {
    const columns = makeColumns(4).map((column) => (column.id === 2 ? { ...column, readonly: true, insertable: true } : column));
    const b = await bench({ columns });
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "x");
    expect(b.notices).toHaveLength(1);
    setValue(b.core, b.writer, { row: b.core.table.lines - 1, column: TEXT }, "new");
    await b.settle();
    expect(b.notices).toHaveLength(1);
    expect(kinds(b)).toEqual(["insert"]);
  });
  test("a new row that could not be changed later is inserted when it is left", async () => {
    const b = await bench({ columns: makeColumns(4), update: { allowed: false } });
    const row = b.core.table.lines - 1;
    b.core.goTo({ row, column: TEXT });
    setValue(b.core, b.writer, { row, column: TEXT }, "new");
    setValue(b.core, b.writer, { row, column: NUMBER }, "5");
    insertWaiting(b.core, b.writer, row);
    await b.settle();
    expect(kinds(b)).toEqual([]);
    insertWaiting(b.core, b.writer, null);
    insertWaiting(b.core, b.writer, null);
    await b.settle();
    expect(b.source.applied).toMatchObject([[{ op: "insert", set: { 2: "new", 3: "5" } }]]);
  });
  test("a missing right is refused with its reason", async () => {
    const b = await bench({ update: { allowed: false, reason: "UPDATE is not granted" } });
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "x");
    expect(b.notices[0]).toMatch(/UPDATE is not granted/);
  });
  test("a refused edit stays visible with its reason and can be sent again", async () => {
    const b = await bench();
    b.source.failWrites = "violates a check";
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "bad");
    await b.settle();
    expect(at(b, 0, TEXT)).toBe("bad");
    expect(failures(b.core)).toMatchObject([{ mine: "bad", state: "failed", message: "violates a check", key: 1 }]);
    expect(b.core.table.rowAt(0)!.values[TEXT]).toBe("Ada 1");
    b.source.failWrites = "";
    await retryFailed(b.core, b.writer);
    expect(b.core.edits.status()).toEqual({ drafts: 0, pending: 0, failed: 0, conflicts: 0 });
    expect(b.core.table.rowAt(0)!.values[TEXT]).toBe("bad");
  });
  test("giving up shows what the database holds", async () => {
    const b = await bench();
    b.source.failWrites = "no";
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "bad");
    await b.settle();
    discardFailed(b.core);
    expect(at(b, 0, TEXT)).toBe("Ada 1");
  });
  test("ticking turns a boolean round, and NULL into true", async () => {
    const b = await bench();
    const before = at(b, 0, BOOLEAN);
    toggle(b.core, b.writer, { row: 0, column: BOOLEAN });
    await b.settle();
    expect(at(b, 0, BOOLEAN)).toBe(before !== true);
    toggle(b.core, b.writer, { row: 15, column: BOOLEAN });
    expect(at(b, 15, BOOLEAN)).toBe(true);
  });
});

describe("conflicts", () => {
  async function conflict(): Promise<Bench> {
    const b = await bench();
    b.source.changeBehind(1, 2, "theirs");
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "mine");
    await b.settle();
    expect(failures(b.core)).toMatchObject([{ mine: "mine", theirs: "theirs", state: "conflict" }]);
    return b;
  }
  test("theirs is shown when it is chosen", async () => {
    const b = await conflict();
    await resolve(b.core, b.writer, failures(b.core)[0]!, "theirs");
    expect(at(b, 0, TEXT)).toBe("theirs");
    expect(b.source.applied).toHaveLength(1);
  });
  test("mine overwrites, and expects theirs", async () => {
    const b = await conflict();
    await resolve(b.core, b.writer, failures(b.core)[0]!, "mine");
    expect(b.source.applied[1]).toEqual([{ op: "update", key: 1, set: { 2: "mine" }, expect: { 2: "theirs" } }]);
    expect(b.core.table.rowAt(0)!.values[TEXT]).toBe("mine");
  });
});

describe("clearing and today", () => {
  test("Delete writes NULL to every selected cell in one transaction", async () => {
    const b = await bench();
    select(b, 0, TEXT, 2, NUMBER);
    await clearSelection(b.core, b.writer, false);
    await b.settle();
    expect(kinds(b)).toEqual(["update update update"]);
    expect([at(b, 0, TEXT), at(b, 2, NUMBER)]).toEqual([null, null]);
  });
  test("a column that needs a value says so", async () => {
    const b = await bench();
    select(b, 0, 0);
    await clearSelection(b.core, b.writer, false);
    expect(b.notices[0]).toBe("id must have a value");
    expect(b.source.applied).toEqual([]);
  });
  test("today goes into dates only", async () => {
    const b = await bench({ now: () => new Date(2026, 10, 22, 20, 5, 9) });
    select(b, 0, TEXT, 0, 7);
    await insertToday(b.core, b.writer);
    await b.settle();
    expect([at(b, 0, 4), at(b, 0, 5), at(b, 0, 6)]).toEqual(["2026-11-22", "20:05:09", "2026-11-22T20:05:09"]);
    expect(at(b, 0, TEXT)).toBe("Ada 1");
  });
});

describe("undo and redo", () => {
  test("go back and forth through inverse changes that expect what they undo", async () => {
    const b = await bench();
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "one");
    await b.settle();
    await undo(b.core, b.writer);
    expect(at(b, 0, TEXT)).toBe("Ada 1");
    expect(b.source.applied[1]).toEqual([{ op: "update", key: 1, set: { 2: "Ada 1" }, expect: { 2: "one" } }]);
    await redo(b.core, b.writer);
    expect(at(b, 0, TEXT)).toBe("one");
    await redo(b.core, b.writer);
    expect(b.notices).toContain("Nothing to redo");
  });
  test("an undo that would overwrite somebody's change is refused and shows that change", async () => {
    const b = await bench();
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "one");
    await b.settle();
    b.source.changeBehind(1, 2, "theirs");
    await undo(b.core, b.writer);
    expect(b.notices.at(-1)).toMatch(/has changed/);
    expect(at(b, 0, TEXT)).toBe("theirs");
  });
  test("deleted rows come back with their values", async () => {
    const b = await bench();
    b.core.select(selectBlock("rows", { row: 2, column: 0 }, { row: 3, column: 0 }));
    await deleteRows(b.core, b.writer);
    await b.settle();
    expect([b.core.table.count!.value, at(b, 2, 0)]).toEqual([998, "5"]);
    await undo(b.core, b.writer);
    await b.settle();
    expect([b.core.table.count!.value, at(b, 2, 0), at(b, 2, TEXT)]).toEqual([1000, "3", "Edsger 3"]);
    await redo(b.core, b.writer);
    await b.settle();
    expect(b.core.table.count!.value).toBe(998);
  });
  test("an inserted row is taken away", async () => {
    const b = await bench();
    setValue(b.core, b.writer, { row: 1000, column: TEXT }, "new");
    await b.settle();
    expect(b.core.table.locals.count).toBe(1);
    await undo(b.core, b.writer);
    await b.settle();
    expect(b.core.table.locals.count).toBe(0);
    expect(kinds(b)).toEqual(["insert", "delete"]);
  });
});

describe("rows", () => {
  test("a draft waits for the columns that it needs, then it is inserted whole", async () => {
    const b = await bench({ columns: makeColumns(22) });
    setValue(b.core, b.writer, { row: 1000, column: TEXT }, "a");
    await b.settle();
    expect(b.source.applied).toEqual([]);
    expect(b.core.edits.get("draft 1", 2)).toMatchObject({ state: "draft", message: "The row is saved when it has: required" });
    setValue(b.core, b.writer, { row: 1000, column: 21 }, "b");
    await b.settle();
    expect(b.source.applied).toEqual([[{ op: "insert", set: { 2: "a", 22: "b" } }]]);
    expect([at(b, 1000, 0), at(b, 1000, TEXT), b.core.edits.status().pending]).toEqual(["1001", "a", 0]);
    expect([...b.core.edits.cells()]).toEqual([]);
  });
  test("a refused insert stays as a draft", async () => {
    const b = await bench();
    b.source.failWrites = "duplicate key";
    setValue(b.core, b.writer, { row: 1000, column: TEXT }, "a");
    await b.settle();
    expect(at(b, 1000, TEXT)).toBe("a");
    expect(failures(b.core)).toMatchObject([{ key: null, message: "duplicate key" }]);
    b.source.failWrites = "";
    setValue(b.core, b.writer, { row: 1000, column: NUMBER }, "5");
    await b.settle();
    expect(b.core.table.rowAt(1000)!.values.slice(0, 3)).toEqual(["1001", "a", "5"]);
  });
  test("giving up a refused insert removes it", async () => {
    const b = await bench();
    b.source.failWrites = "no";
    setValue(b.core, b.writer, { row: 1000, column: TEXT }, "a");
    await b.settle();
    discardFailed(b.core);
    expect(b.core.table.locals.count).toBe(0);
  });
  test("copies leave the key to its default", async () => {
    const b = await bench();
    select(b, 4, 0);
    await duplicateRows(b.core, b.writer);
    await b.settle();
    const copy = b.core.table.rowAt(1000)!;
    expect(copy.values[0]).toBe("1001");
    expect(copy.values.slice(1)).toEqual(b.core.table.rowAt(4)!.values.slice(1));
  });
  test("without the right nothing is inserted or deleted", async () => {
    const denied = { allowed: false, reason: "no grant" };
    const b = await bench({ insert: denied, delete: denied });
    expect(b.core.table.lines).toBe(1000);
    expect(insertRow(b.core, b.writer, undefined)).toBe(false);
    await deleteRows(b.core, b.writer);
    expect([b.notices, b.source.applied]).toEqual([["no grant", "no grant"], []]);
  });
  test("too many rows at once are refused before anything is fetched", async () => {
    const b = await bench({ rows: 1_000_000 });
    b.core.select(selectBlock("all", { row: 0, column: 0 }, { row: 0, column: 0 }));
    await deleteRows(b.core, b.writer);
    expect(b.notices[0]).toMatch(/1000001 rows are too many/);
  });
});

describe("copy and paste", () => {
  test("text for others, exact values for us", async () => {
    const b = await bench({ locale: "de" });
    select(b, 0, NUMBER, 0, BOOLEAN);
    const clip = copySelection(b.core) as Clip;
    expect(clip.text).toBe("1767,67\tTRUE");
    select(b, 5, NUMBER);
    await paste(b, clip.text, clip.html);
    await b.settle();
    expect([at(b, 5, NUMBER), at(b, 5, BOOLEAN)]).toEqual(["1767.67", true]);
  });
  test("NULL and the empty string survive inside the product", async () => {
    const b = await bench();
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "");
    setValue(b.core, b.writer, { row: 1, column: TEXT }, null);
    await b.settle();
    select(b, 0, TEXT, 1, TEXT);
    const clip = copySelection(b.core) as Clip;
    select(b, 4, TEXT);
    await paste(b, clip.text, clip.html);
    await b.settle();
    expect([at(b, 4, TEXT), at(b, 5, TEXT)]).toEqual(["", null]);
  });
  test("what is not loaded is fetched first", async () => {
    const b = await bench({ rows: 100_000 });
    select(b, 0, 0, 1999, 0);
    const clip = copySelection(b.core);
    expect(clip).toBeInstanceOf(Promise);
    const lines = (await clip)!.text.split("\r\n");
    expect([lines.length, lines[1999]]).toEqual([2000, "2000"]);
  });
  test("more than the limit is refused", async () => {
    const b = await bench({ rows: 1_000_000 });
    b.core.select(selectBlock("all", { row: 0, column: 0 }, { row: 0, column: 0 }));
    expect(copySelection(b.core)).toBeNull();
    expect(b.notices[0]).toMatch(/too many to copy/);
  });
  test("a block past the end adds rows in the same transaction", async () => {
    const b = await bench();
    b.core.cache.want(900, 1000);
    await b.settle();
    const before = at(b, 999, TEXT);
    select(b, 999, TEXT);
    await paste(b, "a\t1\nb\t2\nc\t3");
    await b.settle();
    expect(kinds(b)).toEqual(["update insert insert"]);
    expect([at(b, 999, TEXT), at(b, 1001, TEXT), at(b, 1001, NUMBER)]).toEqual(["a", "c", "3"]);
    await undo(b.core, b.writer);
    await b.settle();
    expect([at(b, 999, TEXT), b.core.table.locals.count]).toEqual([before, 0]);
  });
  test("blank lines at the end are no rows", async () => {
    const b = await bench();
    select(b, 1000, TEXT);
    await paste(b, "a\n\n\n");
    await b.settle();
    expect([kinds(b), b.core.table.locals.count]).toEqual([["insert"], 1]);
  });
  test("one value fills the selection", async () => {
    const b = await bench();
    select(b, 0, TEXT, 4, TEXT);
    await paste(b, "same");
    await b.settle();
    expect([0, 4, 5].map((row) => at(b, row, TEXT))).toEqual(["same", "same", "Frances 6"]);
  });
  test("cells that cannot be understood keep their text, marked; the others are written", async () => {
    const b = await bench();
    select(b, 0, TEXT);
    await paste(b, "ok\tabc");
    await b.settle();
    expect(at(b, 0, TEXT)).toBe("ok");
    expect(failures(b.core)).toMatchObject([{ mine: "abc", message: "“abc” is not a number" }]);
    expect(b.notices).toContain("1 cells were not pasted: “abc” is not a number");
  });
  test("a failure refuses the whole paste and marks all its cells", async () => {
    const b = await bench();
    b.source.failWrites = "check";
    select(b, 0, TEXT);
    await paste(b, "a\nb");
    await b.settle();
    expect(failures(b.core).map((failure) => failure.message)).toEqual(["check", "Not saved, because another cell of the same change was refused"]);
  });
  test("cutting copies, then clears", async () => {
    const b = await bench();
    select(b, 0, TEXT);
    await cutSelection(b.core, b.writer);
    await b.settle();
    expect(at(b, 0, TEXT)).toBeNull();
  });
});

describe("HTML tables from other programs", () => {
  test.each([
    ["Sheets' raw number", '<google-sheets-html-origin><table><tr><td data-sheets-value="{&quot;1&quot;:3,&quot;3&quot;:1234.5}">1.234,50 €</td></tr></table>', [["1234.5"]]],
    ["Sheets' date stays as it is shown", '<google-sheets-html-origin><table><tr><td data-sheets-value="{&quot;1&quot;:3,&quot;3&quot;:45323}">1/2/2024</td></tr></table>', [["1/2/2024"]]],
    ["Excel's raw number", '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td x:num="0.5">50%</td><td>a<br>b</td></tr></table></html>', [["0.5", "a\nb"]]],
    ["merged cells", '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td colspan=2>x</td><td>y</td></tr></table></html>', [["x", "", "y"]]],
    ["layout is not content", '<google-sheets-html-origin><table>\n <tr>\n  <td>\n   a\n   b </td></tr></table>', [["a b"]]],
  ])("%s", (_name, html, texts) => {
    expect(readClipboard("ignored", html).map((row) => row.map((cell) => cell.text))).toEqual(texts);
  });
  test("an unknown page's table gives way to the plain text", () => {
    expect(readClipboard("a\tb", "<table><tr><td>menu</td></tr></table>")).toEqual([[{ exact: false, text: "a" }, { exact: false, text: "b" }]]);
  });
  test("a broken value of ours falls back to what is shown", () => {
    const html = '<table data-mathesar="1"><tr><td data-mathesar-kind="text" data-mathesar-value="{oops">shown</td></tr></table>';
    expect(readClipboard("", html)).toEqual([[{ exact: false, text: "shown" }]]);
  });
});

describe("filling", () => {
  test("down and right", async () => {
    const b = await bench();
    select(b, 0, TEXT, 2, TEXT);
    await fillSelection(b.core, b.writer, "down");
    await b.settle();
    expect([1, 2, 3].map((row) => at(b, row, TEXT))).toEqual(["Ada 1", "Ada 1", "Barbara 4"]);
    select(b, 0, NUMBER, 0, BOOLEAN);
    await fillSelection(b.core, b.writer, "right");
    expect(b.notices.at(-1)).toMatch(/neither yes nor no/);
  });
  test("the handle repeats the block in one transaction", async () => {
    const b = await bench();
    const source = { top: 0, bottom: 2, left: TEXT, right: TEXT + 1 };
    await fillByHandle(b.core, b.writer, source, { ...source, bottom: 5 }, false);
    await b.settle();
    expect([2, 3, 4].map((row) => at(b, row, TEXT))).toEqual(["Ada 1", "Grace 2", "Ada 1"]);
    expect(kinds(b)).toEqual(["update update update"]);
  });
  test("the fill handle continues a series, and with Ctrl repeats it", async () => {
    const b = await bench();
    const source = { top: 0, bottom: 2, left: TEXT, right: NUMBER + 1 };
    for (const [row, text, number] of [[0, "Row 8", "1.10"], [1, "Row 9", "1.35"]] as const) {
      setValue(b.core, b.writer, { row, column: TEXT }, text);
      setValue(b.core, b.writer, { row, column: NUMBER }, number);
    }
    await fillByHandle(b.core, b.writer, source, { ...source, bottom: 4 }, false);
    await b.settle();
    expect([2, 3].map((row) => [at(b, row, TEXT), at(b, row, NUMBER)])).toEqual([["Row 10", "1.60"], ["Row 11", "1.85"]]);
    await fillByHandle(b.core, b.writer, source, { ...source, bottom: 4 }, true);
    await b.settle();
    expect([2, 3].map((row) => [at(b, row, TEXT), at(b, row, NUMBER)])).toEqual([["Row 8", "1.10"], ["Row 9", "1.35"]]);
  });
  test("a single number is repeated, and with Ctrl counts", async () => {
    const b = await bench();
    const source = { top: 0, bottom: 1, left: NUMBER, right: NUMBER + 1 };
    setValue(b.core, b.writer, { row: 0, column: NUMBER }, "7");
    for (const [ctrl, expected] of [[false, ["7", "7"]], [true, ["8", "9"]]] as const) {
      await fillByHandle(b.core, b.writer, source, { ...source, bottom: 3 }, ctrl);
      await b.settle();
      expect([1, 2].map((row) => at(b, row, NUMBER))).toEqual(expected);
    }
  });
  test("a series stops with words where the type ends", async () => {
    const small = { id: 3, slot: 2, integer: true, max: "32767", min: "-32768" };
    const b = await bench({ columns: makeColumns(19).map((column) => (column.id === 3 ? { ...column, ...small } : column)) });
    const source = { top: 0, bottom: 2, left: NUMBER, right: NUMBER + 1 };
    setValue(b.core, b.writer, { row: 0, column: NUMBER }, "32765");
    setValue(b.core, b.writer, { row: 1, column: NUMBER }, "32766");
    await fillByHandle(b.core, b.writer, source, { ...source, bottom: 5 }, false);
    await b.settle();
    expect(at(b, 2, NUMBER)).toBe("32767");
    expect(at(b, 3, NUMBER)).not.toBe("32768");
    expect(b.notices[0]).toMatch(/32767/);
  });
});

describe("undo across tables", () => {
  test("an edit outlives its grid, and another table's edit is left to that table", async () => {
    const log = new EditLog();
    const asked: string[] = [];
    const callbacks = { onHistoryElsewhere: (place: string, action: string) => asked.push(`${action} ${place}`) };
    const first = await bench({ history: log.at("first"), callbacks });
    setValue(first.core, first.writer, { row: 0, column: TEXT }, "new");
    await first.settle();
    first.core.destroy();
    const second = await bench({ history: log.at("second"), callbacks });
    await undo(second.core, second.writer);
    expect(asked).toEqual(["undo first"]);
    expect(second.source.applied).toEqual([]);
    const again = await bench({ history: log.at("first"), callbacks });
    await undo(again.core, again.writer);
    expect(again.source.applied[0]).toEqual([{ op: "update", key: 1, set: { 2: "Ada 1" }, expect: { 2: "new" } }]);
  });
  test("a write goes on when its grid is left, and can be undone", async () => {
    const log = new EditLog();
    const b = await bench({ history: log.at("left") });
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "typed last");
    b.core.destroy();
    await b.settle();
    expect(kinds(b)).toEqual(["update"]);
    expect(log.at("left").takeUndo()).toMatchObject({ where: "here", step: [{ op: "update", set: { 2: "Ada 1" } }] });
  });
  test("what was done to a table that is gone is forgotten", () => {
    const log = new EditLog();
    log.at("stays").push([]);
    log.at("gone").push([]);
    log.forget("gone");
    expect(log.at("stays").takeUndo()).toMatchObject({ where: "here" });
    expect(log.at("stays").takeUndo()).toBeUndefined();
  });
});

describe("the status bar", () => {
  test("adds up exactly and counts what is filled", async () => {
    const b = await bench();
    select(b, 0, NUMBER, 1, NUMBER);
    expect(summarise(b.core)).toMatchObject({ cellCount: 2, filled: 2, numbers: 2, sum: "3999.99", average: "1999.995", partial: false });
  });
  test("says when rows are missing", async () => {
    const b = await bench({ rows: 100_000 });
    b.core.select(selectBlock("columns", { row: 0, column: NUMBER }, { row: 0, column: NUMBER }));
    expect(summarise(b.core)).toMatchObject({ cellCount: 100_001, partial: true });
  });
});

describe("counts that were wrong", () => {
  test("an estimate that is too high is corrected by what is met", async () => {
    const b = await bench({ rows: 5000 });
    b.core.table.setCount({ value: 1_000_000, exact: false });
    for (let step = 0; step < 20 && !b.core.table.count!.exact; step++) {
      b.core.cache.want(b.core.table.sourceRows - 5, b.core.table.sourceRows);
      await b.settle();
    }
    expect(b.core.table.count).toEqual({ value: 5000, exact: true });
  });
  test("an estimate that is too low grows as rows are met", async () => {
    const b = await bench({ rows: 5000 });
    b.core.table.setCount({ value: 10, exact: false });
    b.core.cache.want(300, 310);
    await b.settle();
    expect(b.core.table.count!.exact).toBe(false);
    expect(b.core.table.sourceRows).toBeGreaterThan(450);
  });
});

describe("what others do", () => {
  test("a row that is pushed replaces the loaded one", async () => {
    const b = await bench();
    b.source.changeBehind(3, 2, "pushed");
    b.core.refresh(false);
    await b.settle();
    expect(at(b, 2, TEXT)).toBe("pushed");
  });
  test("a reset forgets rows, drafts and marks no later answer", async () => {
    const b = await bench();
    setValue(b.core, b.writer, { row: 0, column: TEXT }, "late");
    b.core.refresh(true);
    await b.settle();
    expect(b.core.table.count!.value).toBe(1000);
    expect(b.notices).toEqual([]);
  });
});
