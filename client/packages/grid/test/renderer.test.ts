// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createGrid, type Grid, type GridOptions } from "../src/index.ts";
import { MemorySource, makeColumns } from "../dev/memory-source.ts";
import { messages } from "../dev/messages.en.ts";

let grid: Grid;
let source: MemorySource;
let host: HTMLElement;

/** happy-dom lays nothing out, so the view gets its size by hand. */
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(500);
  host = document.createElement("div");
  document.body.append(host);
});

afterEach(() => {
  grid.destroy();
  host.remove();
  vi.restoreAllMocks();
});

/** Tries until the screen shows what it should; drawing, loading and saving take their time. */
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 4000, interval: 5 });
const one = (selector: string): HTMLElement => host.querySelector<HTMLElement>(selector)!;
const all = (selector: string): HTMLElement[] => [...host.querySelectorAll<HTMLElement>(selector)];
const shownRows = (): HTMLElement[] => all(".grid-row").filter((row) => !row.hidden);
const cell = (row: number, column: number): HTMLElement =>
  one(`.grid-row[aria-rowindex="${row + 2}"] [role="gridcell"][aria-colindex="${column + 2}"]`);

async function open(options: Partial<GridOptions> = {}): Promise<void> {
  const columns = options.columns ?? makeColumns(60);
  source = new MemorySource({ rows: 10_000, columns, delay: 0 });
  grid = createGrid(host, {
    columns, source, messages, locale: "en", timeZone: "UTC", frozenColumns: 1,
    insert: { allowed: true }, delete: { allowed: true }, update: { allowed: true }, ...options,
  });
  await until(() => {
    const loaded = cell(0, 0)?.classList.contains("is-loading") === false && (options.source !== undefined || one("[role=grid]").getAttribute("aria-rowcount") !== "-1");
    expect(loaded || !one(".grid-failed").hidden).toBe(true);
  });
}

function press(key: string, modifiers: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...modifiers });
  (document.activeElement instanceof HTMLElement && host.contains(document.activeElement) ? document.activeElement : one("[role=grid]")).dispatchEvent(event);
  return event;
}

describe("what screen readers get", () => {
  test("a grid with counts, names and positions", async () => {
    await open();
    const element = one("[role=grid]");
    expect(element.getAttribute("aria-rowcount")).toBe("10002");
    expect(element.getAttribute("aria-colcount")).toBe("61");
    expect(element.getAttribute("aria-label")).toBe("Records");
    expect(element.tabIndex).toBe(0);
    expect(one("[role=columnheader][data-column='2']").getAttribute("aria-colindex")).toBe("3");
    expect(cell(3, 1).textContent).toBe("Barbara 4");
  });
  test("only rows and columns on screen have nodes", async () => {
    await open();
    expect(shownRows().length).toBeLessThan(25);
    expect(shownRows()[0]!.querySelectorAll("[role=gridcell]").length).toBeLessThan(12);
  });
  test("the active cell is named, and follows the keyboard", async () => {
    await open();
    press("ArrowDown");
    press("ArrowRight");
    await until(() => {
      const active = one("[role=grid]").getAttribute("aria-activedescendant")!;
      expect(document.getElementById(active)).toBe(cell(1, 1));
      expect(cell(1, 1).getAttribute("aria-selected")).toBe("true");
      expect(cell(0, 0).getAttribute("aria-selected")).toBe("false");
    });
  });
  test("an unknown count is said to be unknown", async () => {
    const columns = makeColumns(5);
    const unknown = new MemorySource({ rows: 10_000, columns, delay: 0 });
    unknown.rowCount = () => Promise.resolve(null as never);
    await open({ columns, source: unknown });
    expect(one("[role=grid]").getAttribute("aria-rowcount")).toBe("-1");
    expect([grid.rowCount()!.exact, cell(0, 1).textContent]).toEqual([false, "Ada 1"]);
  });
  test("sorted and read-only columns say so", async () => {
    const columns = makeColumns(4).map((column) => (column.id === 2 ? { ...column, sort: "descending" as const, readonly: true } : column));
    await open({ columns });
    expect(one("[data-column='2']").getAttribute("aria-sort")).toBe("descending");
    expect(cell(0, 1).getAttribute("aria-readonly")).toBe("true");
  });
});

describe("the keyboard", () => {
  test("typing opens an editor, Enter saves and goes down", async () => {
    await open();
    press("ArrowRight");
    press("x");
    const field = one(".grid-editor-field") as HTMLTextAreaElement;
    expect([field.value, document.activeElement]).toEqual(["x", field]);
    field.value = "xyz";
    press("Enter");
    await until(() => {
      expect(cell(0, 1).textContent).toBe("xyz");
      expect([grid.activeCell()!.row, grid.rowAt(0)!.values[1]]).toEqual([1, "xyz"]);
      expect(document.activeElement).toBe(one("[role=grid]"));
    });
  });
  test("Escape gives the edit up", async () => {
    await open();
    press("ArrowRight");
    press("x");
    press("Escape");
    await until(() => {
      expect([one(".grid-editor"), cell(0, 1).textContent]).toEqual([null, "Ada 1"]);
    });
  });
  test("what is no value keeps the editor open and is said aloud", async () => {
    await open();
    grid.select(0, 3);
    press("q");
    press("Enter");
    const message = one(".grid-editor-message");
    expect([message.getAttribute("role"), message.textContent]).toEqual(["alert", "“q” is not a number"]);
    expect(one(".grid-editor-field").getAttribute("aria-invalid")).toBe("true");
  });
  test("Alt+Enter breaks the line", async () => {
    await open();
    grid.select(0, 2);
    press("a");
    press("Enter", { altKey: true });
    expect((one(".grid-editor-field") as HTMLTextAreaElement).value).toBe("a\n");
  });
  test("Enter ticks a checkbox", async () => {
    await open();
    grid.select(0, 4);
    press("Enter");
    await until(() => {
      expect(grid.rowAt(0)!.values[3]).toBe(false);
    });
  });
  test("an enum's list narrows and takes the choice", async () => {
    await open();
    const column = makeColumns(60).find(({ kind }) => kind === "enum")!;
    grid.select(0, column.id);
    press("Enter");
    const field = one(".grid-editor-field") as HTMLInputElement;
    expect(field.getAttribute("role")).toBe("combobox");
    field.value = "hap";
    field.dispatchEvent(new Event("input"));
    expect(all(".grid-choice").filter((choice) => !choice.hidden).map((choice) => choice.textContent)).toEqual(["happy"]);
    press("Enter");
    await until(() => {
      expect(grid.rowAt(0)!.values[column.slot]).toBe("happy");
    });
  });
  test("Tab leaves the grid after Escape, so that the keyboard is never caught", async () => {
    await open();
    expect(press("Tab").defaultPrevented).toBe(true);
    press("Escape");
    expect(press("Tab").defaultPrevented).toBe(false);
  });
  test("keys that mean nothing here stay with the browser", async () => {
    await open();
    expect(press("F5").defaultPrevented).toBe(false);
    expect(press("l", { ctrlKey: true }).defaultPrevented).toBe(false);
  });
  test("right to left, the left arrow goes on", async () => {
    await open({ dir: "rtl" });
    press("ArrowLeft");
    await until(() => {
      expect(grid.activeCell()!.column.id).toBe(2);
    });
  });
  test("columns are moved and sized without a mouse", async () => {
    const orders: (readonly number[])[] = [];
    const widths: [number, number][] = [];
    await open({ callbacks: { onColumnReorder: (order) => orders.push(order), onColumnResize: (id, width) => widths.push([id, width]) } });
    grid.select(0, 2);
    press("ArrowRight", { altKey: true, shiftKey: true });
    press("ArrowRight", { altKey: true, ctrlKey: true });
    expect(orders[0]!.slice(0, 4)).toEqual([1, 3, 2, 4]);
    expect(widths).toEqual([[2, 196]]);
  });
  test("Space opens the record and a link asks the host", async () => {
    const opened: unknown[] = [];
    const link = makeColumns(60).find(({ kind }) => kind === "link")!;
    await open({ callbacks: { onOpenRecord: (key) => opened.push(key), onHostEdit: () => Promise.resolve({ value: "9", label: "Nine" }) } });
    press(" ");
    expect(opened).toEqual([1]);
    grid.select(1, link.id);
    press("Enter");
    await until(() => {
      expect(grid.rowAt(1)!.values[link.slot]).toBe("9");
    });
  });
});

test("a cell of linked records is the host's to open, read-only as it is, and nothing is written", async () => {
  const asked: unknown[] = [];
  const columns = makeColumns(19).map((column) =>
    column.id === 2 ? { ...column, kind: "records" as const, readonly: true } : column,
  );
  await open({
    columns,
    callbacks: { onHostEdit: ({ key, column }) => (asked.push([key, column.id]), Promise.resolve(null)) },
  });
  grid.select(1, 2);
  press("Enter");
  await until(() => expect(asked).toEqual([[2, 2]]));
  expect(source.applied).toEqual([]);
});

describe("leaving an editor", () => {
  test("focus that goes elsewhere saves what was typed", async () => {
    await open();
    const elsewhere = document.createElement("button");
    document.body.append(elsewhere);
    grid.select(0, 2);
    press("z");
    one(".grid-editor-field").dispatchEvent(new FocusEvent("focusout", { relatedTarget: elsewhere, bubbles: true }));
    await until(() => expect(grid.rowAt(0)!.values[1]).toBe("z"));
    expect(one(".grid-editor")).toBeNull();
    elsewhere.remove();
  });
  test("text that is no value stays in its cell, marked, and comes back with F2", async () => {
    await open();
    grid.select(0, 3);
    press("q");
    grid.setColumns(makeColumns(60));
    await until(() => expect([cell(0, 2).textContent, cell(0, 2).title]).toEqual(["q", "Not saved: “q” is not a number"]));
    expect(grid.failures()).toMatchObject([{ mine: "q", state: "failed" }]);
    press("F2");
    expect((one(".grid-editor-field") as HTMLInputElement).value).toBe("q");
  });
});

describe("truth", () => {
  test("an edit under way, a failed one and a conflict are marked", async () => {
    await open();
    source.failWrites = "violates a check";
    void grid.setCell(0, 2, "bad");
    await until(() => expect(grid.status().failed).toBe(1));
    await until(() => {
      expect(cell(0, 1).classList.contains("is-failed")).toBe(true);
      expect([cell(0, 1).title, cell(0, 1).getAttribute("aria-invalid")]).toEqual(["Not saved: violates a check", "true"]);
    });
    source.failWrites = "";
    source.changeBehind(2, 2, "theirs");
    await grid.setCell(1, 2, "mine");
    await until(() => {
      expect(cell(1, 1).title).toBe("Somebody else changed this to theirs");
      expect(grid.status()).toEqual({ drafts: 0, pending: 0, failed: 1, conflicts: 1 });
    });
  });
  test("rows that cannot be loaded say why and can be tried again", async () => {
    const columns = makeColumns(5);
    const failing = new MemorySource({ rows: 10_000, columns, delay: 0 });
    failing.failLoads = true;
    await open({ columns, source: failing });
    expect(one(".grid-failed-text").textContent).toMatch(/told to fail/);
    failing.failLoads = false;
    one(".grid-failed-retry").click();
    await until(() => {
      expect([one(".grid-failed").hidden, cell(0, 1).textContent]).toEqual([true, "Ada 1"]);
    });
  });
  test("a number without room is not shown in part, and comes back when its column is wide enough", async () => {
    const [key, text, number, ...others] = makeColumns(10);
    const columns = [key!, { ...text!, width: 40 }, { ...number!, width: 60 }, ...others];
    await open({ columns });
    const shown = () => [cell(0, 2).textContent, cell(0, 2).title, cell(0, 2).getAttribute("aria-label")];
    expect(shown()).toEqual(["#####", "1,767.67", "1,767.67"]);
    expect([cell(0, 1).textContent, cell(0, 1).title]).toEqual(["Ada 1", ""]);
    grid.select(0, 3);
    grid.run("fitColumn");
    await until(() => expect(shown()).toEqual(["1,767.67", "", null]));
    for (let times = 0; times < 10; times++) grid.run("narrowColumn");
    await until(() => expect(shown()[0]).toMatch(/^#+$/));
    source.failWrites = "violates a check";
    await grid.setCell(0, 3, "12345678");
    await until(() => expect(shown().slice(1)).toEqual(["Not saved: violates a check", "12,345,678"]));
  });
  test("leaving takes what is being typed, and says what is not saved and why", async () => {
    await open({ columns: makeColumns(22) });
    source.failWrites = "violates a check";
    grid.select(0, 2);
    press("k");
    grid.commit();
    await until(() => expect(grid.status()).toEqual({ drafts: 0, pending: 0, failed: 1, conflicts: 0 }));
    grid.insertRow({ 2: "draft" });
    expect(grid.status().drafts).toBe(1);
    expect(grid.reasons()).toEqual(["text: violates a check", "The row is saved when it has: required"]);
  });
  test("a value that looks like markup is only text", async () => {
    await open();
    await grid.setCell(0, 2, "<img src=x onerror=alert(1)>");
    await until(() => {
      expect([cell(0, 1).querySelector("img"), cell(0, 1).textContent]).toEqual([null, "<img src=x onerror=alert(1)>"]);
    });
  });
  test("a draft says which columns get their default", async () => {
    await open({ columns: makeColumns(22) });
    grid.insertRow({ 2: "draft" });
    await until(() => {
      expect([cell(10_000, 0).textContent, cell(10_000, 1).textContent]).toEqual(["default", "draft"]);
      expect(cell(10_000, 1).title).toBe("The row is saved when it has: required");
    });
  });
  test("a better count is taken without reading the rows again", async () => {
    const told: unknown[] = [];
    const columns = makeColumns(5);
    const estimated = new MemorySource({ rows: 10_000, columns, delay: 0 });
    estimated.rowCount = () => Promise.resolve({ value: 9000, exact: false });
    await open({ columns, source: estimated, callbacks: { onRowCountChange: (count) => told.push(count) } });
    const fetches = vi.spyOn(estimated, "fetchRows");
    estimated.tell({ type: "count", count: { value: 10_000, exact: true } });
    expect([told.at(-1), grid.rowCount()]).toEqual([{ value: 10_000, exact: true }, { value: 10_000, exact: true }]);
    expect(fetches).not.toHaveBeenCalled();
  });
  test("what was typed is kept when the columns change under the editor", async () => {
    await open();
    grid.select(0, 2);
    press("k");
    grid.setColumns(makeColumns(60));
    await until(() => {
      expect([one(".grid-editor"), grid.rowAt(0)!.values[1]]).toEqual([null, "k"]);
    });
  });
  test("a change that is pushed appears", async () => {
    await open();
    source.changeBehind(1, 2, "pushed", true);
    await until(() => {
      expect(cell(0, 1).textContent).toBe("pushed");
    });
  });
});

describe("the host's hand", () => {
  test("columns can be hidden, moved and renamed without fetching again", async () => {
    await open();
    const fetches = vi.spyOn(source, "fetchRows");
    const columns = makeColumns(60);
    grid.setColumns([columns[2]!, { ...columns[1]!, name: "renamed" }, { ...columns[0]!, hidden: true }]);
    await until(() => {
      expect(all(".grid-column-name").map((name) => name.textContent)).toEqual(["number", "renamed"]);
      expect([cell(0, 0).textContent, cell(0, 1).textContent]).toEqual(["1,767.67", "Ada 1"]);
      expect(fetches).not.toHaveBeenCalled();
    });
  });
  test("another language repaints what is shown", async () => {
    await open();
    grid.setOptions({ locale: "de" });
    await until(() => {
      expect(cell(0, 2).textContent).toBe("1.767,67");
    });
  });
  test("the selection is told with its figures", async () => {
    const told: unknown[] = [];
    await open({ callbacks: { onSelectionChange: ({ cellCount, sum }) => told.push([cellCount, sum]) } });
    grid.select(0, 3);
    press("ArrowDown", { shiftKey: true });
    await until(() => {
      expect(told.at(-1)).toEqual([2, "3999.99"]);
    });
  });
  test("destroying leaves nothing behind", async () => {
    await open();
    grid.destroy();
    expect(host.children).toHaveLength(0);
  });
});
