/** Files in and out. */

import { expect, test, type Locator, type Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { field, notification, press } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("northwind");
const file = (name: string) => resolve(import.meta.dirname, "../../testdata/files", name);

async function openImport(page: Page): Promise<void> {
  await world().open(page, `${world().schemaUrl("northwind", "public")}/import`);
}

async function upload(page: Page, given: Parameters<Locator["setInputFiles"]>[0]): Promise<void> {
  await page.getByLabel(/Drop a file here/).setInputFiles(given);
}

function sql(statement: string): string {
  return world().postgres.run("northwind", statement).trimEnd();
}

/** What the preview found out: the type of every column, by its name in the file. */
async function typesFound(page: Page): Promise<Record<string, string>> {
  await expect(page.getByRole("heading", { name: "First rows" })).toBeVisible({ timeout: 30_000 });
  const rows = await page.getByRole("table").first().getByRole("row").all();
  const found = rows.slice(1).map(async (row) => {
    const name = (await row.getByRole("cell").nth(1).textContent())?.trim() ?? "";
    return [name, await row.getByRole("combobox").inputValue()] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

async function load(page: Page, table: string): Promise<void> {
  await field(page, "Name of the table").fill(table);
  await press(page, "Load into a new table");
}

const files = [
  { name: "birdstrikes.csv", rows: "10000", types: { "Airport Name": "text", "Flight Date": "date" } },
  { name: "airports.csv", rows: "3376", types: { iata: "text", latitude: "numeric" } },
  { name: "seattle-weather.csv", rows: "1461", types: { date: "date", precipitation: "numeric", weather: "text" } },
  { name: "unemployment.tsv", rows: "3218", types: { rate: "numeric" } },
  { name: "us-employment.csv", rows: "120", types: { month: "date", nonfarm: "integer" } },
];

for (const { name, rows, types } of files) {
  test(`${name} becomes a table`, async ({ page }) => {
    await openImport(page);
    if (name.startsWith("birdstrikes")) await look(page, "import");
    await upload(page, file(name));
    expect(await typesFound(page)).toMatchObject(types);
    if (name.startsWith("birdstrikes")) await look(page, "import-preview");
    const table = `from ${name}`;
    await load(page, table);
    await expect(notification(page, /rows loaded/)).toBeVisible({ timeout: 30_000 });
    await new Grid(page).expectCount(`${Number(rows).toLocaleString("en-GB")} rows`);
    expect(sql(`select count(*) from "${table}"`)).toBe(rows);
  });
}

test("codes keep their zeros, and what a type would lose is said", async ({ page }) => {
  await openImport(page);
  await field(page, "Or paste text").fill("zip\tcount\tnote\n01234\t5\t\"two\nlines\"\n98765\t6\t\n00501\tmany\t-\n");
  await press(page, "Use this text");
  expect(await typesFound(page)).toEqual({ zip: "text", count: "text", note: "text" });
  const count = page.getByRole("row").filter({ has: page.getByRole("cell", { name: "count", exact: true }) });
  await count.getByRole("combobox").selectOption({ label: "integer (1 do not fit)" });
  await expect(count).toContainText("many");
  await expect(page.getByRole("button", { name: "Load into a new table" })).toBeDisabled();
  await count.getByRole("combobox").selectOption("text");
  await load(page, "pasted");
  await expect(notification(page, "3 rows loaded")).toBeVisible();
  expect(sql("select string_agg(zip, ',') from pasted")).toBe("01234,98765,00501");
  expect(sql("select note from pasted where zip = '01234'")).toBe("two\nlines");
});

test("an exported file has the rows on screen, and comes back as it was", async ({ page }, info) => {
  sql(`create table odd (id integer primary key, words text, exact numeric, moment timestamp);
       insert into odd values (1, E'a "quoted"\\nline, with commas', 12345678901234567890.10, '2024-02-29 10:00:00.123456'),
         (2, '', 0.1, null), (3, null, -7, '1999-12-31 23:59:59'), (4, 'ÄÖ☃', 1e3, '2000-01-01'), (5, 'left out', 1, null)`);
  await world().open(page, `${world().tableUrl("northwind", "odd")}?sort=1.desc`);
  const grid = new Grid(page);
  await grid.expectCell(1, "id", "5");
  await (await grid.cell(1, "words")).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Without rows with this value" }).click();
  await grid.expectCell(1, "id", "4");
  const downloading = page.waitForEvent("download");
  await press(page, "Export as CSV");
  const path = info.outputPath("odd.csv");
  await (await downloading).saveAs(path);
  const exported = await readFile(path, "utf8");
  expect(exported.split("\n")[0]?.replace("\uFEFF", "").trim()).toBe("id,words,exact,moment");
  expect(exported).not.toContain("left out");

  await page.goto(`${world().schemaUrl("northwind", "public")}/import`);
  await upload(page, path);
  expect(await typesFound(page)).toMatchObject({ id: "integer", words: "text", exact: "numeric" });
  await field(page, "Row identity").selectOption({ label: "Use the column id" });
  await load(page, "odd again");
  await new Grid(page).expectCount(/^\d rows$/);
  const all = (table: string) => sql(`select * from "${table}" where words is distinct from 'left out' order by id`);
  expect(all("odd again")).toBe(all("odd"));
});

test("an empty file is called empty, and a broken one can be mended on the way", async ({ page }) => {
  await openImport(page);
  await upload(page, { name: "empty.csv", mimeType: "text/csv", buffer: Buffer.from("") });
  await expect(page.getByText("The file has no rows")).toBeVisible();
  await press(page, "Choose another file");

  await upload(page, { name: "nul.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,x\n2,y\0z\n") });
  await expect(page.getByText(/NUL character.* line 3/)).toBeVisible();
  await load(page, "broken");
  await expect(page.getByRole("alert")).toContainText(/NUL/);
  await look(page, "import-refused");
  expect(sql("select to_regclass('broken')")).toBe("");
  await page.getByLabel("Remove NUL characters").check();
  await press(page, "Load into a new table");
  await expect(notification(page, "2 rows loaded")).toBeVisible();
  expect(sql("select b from broken where a = 2")).toBe("yz");
});

test("words for no value are shown, and become NULL where that is wanted", async ({ page }) => {
  await openImport(page);
  await field(page, "Or paste text").fill("region\tcount\nEU\t5\nNA\tNA\nAS\t-\n");
  await press(page, "Use this text");
  expect(await typesFound(page)).toEqual({ region: "text", count: "integer" });
  const row = (name: string) => page.getByRole("row").filter({ has: page.getByRole("cell", { name, exact: true }) });
  await expect(row("region").getByLabel(/“NA” means no value: 1×, first on line 3/)).not.toBeChecked();
  const na = row("count").getByLabel(/“NA” means no value/);
  await expect(na).toBeChecked();
  await look(page, "import-no-value");
  await na.uncheck();
  await expect(row("count")).toContainText("1 do not fit: line 3: “NA”");
  await expect(page.getByRole("button", { name: "Load into a new table" })).toBeDisabled();
  await row("count").getByRole("combobox").selectOption("text");
  await expect(row("count").getByLabel(/“-” means no value/)).not.toBeChecked();
  await row("count").getByRole("combobox").selectOption("integer");
  await expect(na).toBeChecked();
  await load(page, "regions");
  await expect(notification(page, "3 rows loaded")).toBeVisible();
  expect(sql("select string_agg(region || coalesce(count::text, '∅'), ' ' order by id) from regions")).toBe("EU5 NA∅ AS∅");
});

test("rows of a file join those of a table, all of them or none", async ({ page }) => {
  sql(`create table stock (id integer generated always as identity primary key, name text not null, price numeric(6,2), seen date);
       insert into stock (name, price) values ('pear', 1.5)`);
  await world().open(page, world().tableUrl("northwind", "stock"));
  const grid = new Grid(page);
  await grid.expectCell(1, "name", "pear");
  await press(page, "Add rows of a file");
  const text = "NAME;cost;seen;comment\nApple;1,25;31.12.2024;x\nFig;-;01.02.2025;\nSome;dear;;\n";
  await upload(page, { name: "more.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await expect(field(page, "Where NAME goes")).toHaveValue("2");
  await expect(field(page, "Where comment goes")).toHaveValue("");
  await field(page, "Where cost goes").selectOption("price (numeric(6,2))");
  await expect(page.getByText("Read as no value: -")).toBeVisible();
  await expect(page.getByText("1 do not fit: line 4: “dear”")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add rows", exact: true })).toBeDisabled();
  await look(page, "append-file");

  const again = async (price: string) => {
    await press(page, "Choose another file");
    await upload(page, { name: "more.csv", mimeType: "text/csv", buffer: Buffer.from(text.replace("dear", price)) });
    await field(page, "Where cost goes").selectOption("price (numeric(6,2))");
    await press(page, "Add rows");
  };
  await again("99999,5");
  await expect(page.getByRole("alert")).toContainText("Line 4");
  expect(sql("select count(*) from stock")).toBe("1");
  await again("2,5");
  await expect(notification(page, "3 rows loaded")).toBeVisible();
  await grid.expectCell(2, "name", "Apple");
  expect(sql("select string_agg(name || coalesce(price::text, '') || coalesce(seen::text, ''), ' ' order by id) from stock")).toBe(
    "pear1.50 Apple1.252024-12-31 Fig2025-02-01 Some2.50",
  );
});

test("a file that is no text is called by its kind", async ({ page }) => {
  await openImport(page);
  const picture = await page.screenshot();
  await upload(page, { name: "numbers.csv", mimeType: "text/csv", buffer: picture });
  await expect(page.getByRole("alert")).toContainText("This is a PNG image, and only text can be read.");
  await look(page, "import-no-text");
  await expect(page.getByText("Drop a file here, or choose one")).toBeVisible();
});

/** Has each new table wait before it is made, so that a load can be met under way however fast the machine is. */
function slowDownLoads(): void {
  sql(`create or replace function wait() returns event_trigger language plpgsql as 'begin perform pg_sleep(5); end';
       drop event trigger if exists slow;
       create event trigger slow on ddl_command_start when tag in ('CREATE TABLE') execute function wait()`);
}

/** Rows enough that loading them takes a while too. */
function longFile(rows: number): { name: string; mimeType: string; buffer: Buffer } {
  const lines = Array.from({ length: rows }, (_, n) => `${n},"text of row ${n}",${n / 7},2024-01-${String((n % 28) + 1).padStart(2, "0")}`);
  return { name: "long.csv", mimeType: "text/csv", buffer: Buffer.from(`n,words,share,day\n${lines.join("\n")}\n`) };
}

test("an import that is stopped leaves nothing", async ({ page }) => {
  slowDownLoads();
  await openImport(page);
  await upload(page, longFile(300_000));
  await typesFound(page);
  await load(page, "stopped");
  await press(page, "Cancel");
  await expect(notification(page, "Stopped.")).toBeVisible();
  await expect.poll(() => sql("select count(*) from pg_stat_activity where pid <> pg_backend_pid() and state = 'active' and backend_type = 'client backend'")).toBe("0");
  expect(sql("select to_regclass('stopped')")).toBe("");
});

test("an import goes on when its browser is closed", async ({ page }) => {
  slowDownLoads();
  await openImport(page);
  await upload(page, longFile(300_000));
  await typesFound(page);
  await load(page, "unattended");
  await expect(page.getByRole("progressbar")).toBeVisible();
  await page.close();
  await expect.poll(() => sql("select to_regclass('unattended') is not null"), { timeout: 40_000 }).toBe("t");
  expect(sql("select count(*) from unattended")).toBe("300000");
});

test("the schema page offers the import", async ({ page }) => {
  await world().open(page, world().schemaUrl("northwind", "public"));
  await look(page, "schema");
  await page.getByRole("link", { name: "Import a file" }).click();
  await expect(page.getByRole("heading", { name: "Import a file" })).toBeVisible();
});
