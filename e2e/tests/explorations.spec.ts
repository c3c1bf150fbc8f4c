/** Explorations: questions over several tables that are built, looked at, saved and opened again. */

import { expect, test, type Locator, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";

import { chooseInMenuOf, dialog, field, notification, press } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("chinook");

function sql(statement: string): string {
  return world().postgres.run("chinook", statement).trimEnd();
}

const builder = (page: Page) => page.getByRole("region", { name: "How it is built" });
const step = (page: Page, name: string) => builder(page).getByRole("listitem", { name });

async function openExplorations(page: Page): Promise<void> {
  await world().open(page, world().schemaUrl("chinook", "public"));
  await page.getByRole("tab", { name: "Explorations" }).click();
}

/** Adds a step with nothing but the keyboard. */
async function addStep(page: Page, name: string): Promise<Locator> {
  await builder(page).getByRole("button", { name: "Add a step" }).press("Enter");
  await page.getByRole("menuitem", { name, exact: true }).press("Enter");
  return step(page, name).last();
}

/** Opens a link of the tree of columns, and gives what it leads to. */
async function follow(within: Locator, link: string): Promise<Locator> {
  await within.getByRole("button", { name: link, exact: true }).press("Enter");
  const button = within.page().getByRole("button", { name: link, exact: true });
  return within.getByRole("listitem").filter({ has: button }).last().getByRole("list").first();
}

/** Saves what is on the page under a name. */
async function saveAs(page: Page, name: string, description = ""): Promise<void> {
  await press(page, "Save");
  const saving = dialog(page, "Save the exploration");
  await field(saving, "Name").fill(name);
  await field(saving, "Description").fill(description);
  await press(saving, "Save");
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("an exploration over foreign keys is built, saved, opened again, exported and deleted", async ({ page }) => {
  await openExplorations(page);
  await expect(page.getByRole("heading", { name: "No explorations yet" })).toBeVisible();
  await look(page, "explorations-none");
  await page.getByRole("main").getByRole("link", { name: "New exploration" }).click();
  await look(page, "explorer-new");
  await field(page, "Table to begin with").selectOption("invoice_line");
  const grid = new Grid(page);
  await grid.expectCount("2,240 rows");

  await builder(page).getByRole("button", { name: "Add columns" }).press("Enter");
  const track = await follow(builder(page), "track");
  const genre = await follow(track, "genre");
  await genre.getByRole("checkbox", { name: "name" }).press("Space");
  const invoice = await follow(builder(page), "invoice");
  await invoice.getByRole("checkbox", { name: "invoice_date" }).press("Space");
  await expect(builder(page).getByText("invoice_line › track › genre")).toBeVisible();
  await expect.poll(() => grid.columns()).toContain("genre name");
  const firstGenre = "select g.name from invoice_line join track using (track_id) join genre g using (genre_id)";
  await grid.expectCell(1, "genre name", sql(`${firstGenre} order by invoice_line_id limit 1`));
  await look(page, "explorer-columns");
  await builder(page).getByRole("button", { name: "Add columns" }).press("Enter");

  const summary = await addStep(page, "Summarise");
  await summary.getByRole("combobox", { name: "Column", exact: true }).first().selectOption("genre name");
  await press(summary, "Add a column to group by");
  await summary.getByRole("combobox", { name: "Column", exact: true }).nth(1).selectOption("invoice invoice_date");
  await field(summary, "What of it is grouped by").selectOption("Year");
  await press(summary, "Add a computed column");
  await press(summary, "Add a computed column");
  await summary.getByRole("combobox", { name: "Column", exact: true }).nth(3).selectOption("unit_price");
  // Texts have no sum.
  await expect(field(summary, "What is computed").nth(1).getByRole("option", { name: "Sum" })).toHaveCount(1);
  await field(summary, "What is computed").nth(1).selectOption("Sum");
  await field(summary, "Name of Count of invoice_line_id in the result").fill("Lines");
  await page.keyboard.press("Tab");
  await expect.poll(() => grid.columns()).toEqual(["genre name", "Year of invoice invoice_date", "Lines", "Sum of unit_price"]);

  const filter = await addStep(page, "Filter");
  await press(filter, "Condition");
  await filter.getByRole("combobox", { name: "Column", exact: true }).selectOption("Lines");
  await field(filter, "Comparison").selectOption("is at least");
  await field(filter, "Value").fill("many");
  await expect(filter.getByRole("alert")).toContainText("many");
  await expect(page.getByText("The rows are those from before the mistake.")).toBeVisible();
  await look(page, "explorer-mistake");
  await field(filter, "Value").fill("20");
  await expect(filter.getByRole("alert")).toBeHidden();

  const order = await addStep(page, "Sort");
  await press(order, "Add a column");
  await order.getByRole("combobox", { name: "Column", exact: true }).selectOption("Lines");
  await field(order, "Direction").selectOption("Sort descending");
  const grouped = `select g.name, to_char(invoice_date, 'YYYY AD') as year, count(*) as lines, sum(l.unit_price)
    from invoice_line l join track using (track_id) join genre g using (genre_id) join invoice using (invoice_id)
    group by 1, 2 having count(*) >= 20 order by 3 desc, 1, 2`;
  const [first] = sql(grouped).split("\n").map((row) => row.split("|"));
  for (const [index, column] of ["genre name", "Year of invoice invoice_date", "Lines", "Sum of unit_price"].entries()) {
    await grid.expectCell(1, column, first![index]!);
  }
  await grid.expectCount(`${sql(`select count(*) from (${grouped}) as t`)} matching rows`);
  await look(page, "explorer");
  await builder(page).getByRole("listitem", { name: "Sort" }).scrollIntoViewIfNeeded();
  await look(page, "explorer-steps");
  await page.getByRole("button", { name: "How it is built" }).press("Enter");
  await expect(builder(page)).toBeHidden();
  await look(page, "explorer-result");
  await page.getByRole("button", { name: "How it is built" }).press("Enter");

  await press(page, "Show SQL");
  await expect(dialog(page, "SQL of this exploration").getByLabel("SQL")).toContainText("GROUP BY");
  await page.keyboard.press("Escape");
  await saveAs(page, "Sales by genre", "Lines of invoices by genre and year");
  await expect(page.getByRole("navigation", { name: "Navigation" }).getByText("Sales by genre")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await grid.expectCell(1, "Lines", first![2]!);

  const downloading = page.waitForEvent("download");
  await press(page, "Export as CSV");
  const file = readFileSync(await (await downloading).path(), "utf8").split("\n");
  expect(file[0]!.trimEnd()).toBe("genre name,Year of invoice invoice_date,Lines,Sum of unit_price");
  expect(file[1]!.trimEnd()).toBe(first!.join(","));

  await page.getByRole("banner").getByRole("link", { name: "public" }).click();
  await page.getByRole("tab", { name: "Explorations" }).click();
  await chooseInMenuOf(page, "Sales by genre", "Rename or describe");
  const describing = dialog(page, "Rename or describe");
  await field(describing, "Name").fill("Sales");
  await press(describing, "Save");
  await expect(page.getByRole("main").getByRole("link", { name: "Sales" })).toBeVisible();
  await look(page, "explorations");
  await page.getByRole("main").getByRole("link", { name: "Sales" }).click();
  await grid.expectCell(1, "Lines", first![2]!);
  await expect(step(page, "Summarise")).toBeVisible();
  await expect(field(step(page, "Filter"), "Value")).toHaveValue("20");

  await chooseInMenuOf(page, "Sales", "Delete exploration");
  await press(dialog(page, "Delete the exploration Sales?"), "Delete exploration");
  await expect(notification(page, "Sales deleted")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No explorations yet" })).toBeVisible();
});

test("rows of any number are windowed, with every digit, and say why they are not written", async ({ page }) => {
  sql(`create table measured (id bigint primary key, amount numeric);
       insert into measured select 9007199254740993 + i, i * 1.10 from generate_series(0, 99999) as i`);
  await world().open(page, world().tableUrl("chinook", "measured"));
  await press(page, "Explore this table");
  const grid = new Grid(page);
  await grid.expectCount("100,000 rows");
  await expect(await grid.cell(2, "id")).toHaveAccessibleName("9007199254740994");
  await grid.expectCell(2, "amount", "1.10");
  await grid.click(1, "id");
  await grid.press("Control+End");
  await grid.expectCell(100_000, "amount", /^109,?998\.90$/);
  await grid.press("F2");
  await expect(notification(page, /Change the values in their table/)).toBeVisible();
});

test("what is not saved is asked about, and what others made is kept", async ({ page }) => {
  const database = Number(/db\/(\d+)/.exec(world().schemaUrl("chinook", "public"))![1]);
  const schema = Number(sql("select 'public'::regnamespace::oid"));
  const album = Number(sql("select 'album'::regclass::oid"));
  const compared = { equal: [{ column_name: ["title"] }, { column_name: ["title"] }] };
  await world().call("explorations.add", {
    database_id: database,
    exploration_def: {
      name: "Made by a script",
      base_table_oid: album,
      schema_oid: schema,
      initial_columns: [{ alias: "title", attnum: 2 }],
      transformations: [{ type: "filter", spec: compared }, { type: "limit", spec: 5 }],
      display_options: [{ chart: "bars" }],
    },
  });
  await openExplorations(page);
  await page.getByRole("main").getByRole("link", { name: "Made by a script" }).click();
  const grid = new Grid(page);
  await grid.expectCount("5 matching rows");
  await expect(step(page, "Filter")).toContainText("made elsewhere");
  await step(page, "Limit the rows").getByRole("spinbutton").fill("3");
  await grid.expectCount("3 matching rows");
  await page.getByRole("banner").getByRole("link", { name: "public" }).click();
  const question = dialog(page, /not saved/);
  await expect(question).toBeVisible();
  await press(question, "Stay here");
  const [read] = await world().call<{ id: number }[]>("explorations.list", { database_id: database });
  const by = { database_id: database, new_exploration: { ...read, description: "By somebody else" } };
  await world().call("explorations.replace", by);
  await press(page, "Save");
  const outdated = dialog(page, "Somebody else changed it meanwhile");
  await expect(outdated).toBeVisible();
  await press(outdated, "Overwrite it");
  await expect(notification(page, "Saved")).toBeVisible();
  const [kept] = await world().call<{ transformations: unknown; display_options: unknown }[]>("explorations.list", {
    database_id: database,
  });
  expect(kept).toMatchObject({
    transformations: [{ type: "filter", spec: compared }, { type: "limit", spec: 3 }],
    display_options: [{ chart: "bars" }],
  });
  await page.getByRole("banner").getByRole("link", { name: "public" }).click();
  await expect(page.getByRole("tab", { name: "Tables" })).toBeVisible();
});

test("a table or a column that is gone is said, and the exploration can be deleted", async ({ page }) => {
  sql("create table lent (id integer primary key, what text, whom text); insert into lent values (1, 'Atlas', 'Ann')");
  await world().open(page, world().tableUrl("chinook", "lent"));
  await press(page, "Explore this table");
  const grid = new Grid(page);
  await grid.expectCell(1, "whom", "Ann");
  await saveAs(page, "Lent out");

  sql("alter table lent drop column what");
  await page.reload();
  await expect(builder(page).getByRole("alert")).toHaveText("This column is gone, or your role may not see it.");
  await look(page, "explorer-column-gone");
  await builder(page).getByRole("listitem").filter({ has: page.getByRole("alert") }).getByRole("button", { name: "Leave this column out" }).click();
  await grid.expectCell(1, "whom", "Ann");
  await expect.poll(() => grid.columns()).toEqual(["id", "whom"]);
  await press(page, "Save");
  await expect(notification(page, "Saved")).toBeVisible();

  sql("drop table lent");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Its table is gone" })).toBeVisible();
  await look(page, "explorer-table-gone");
  await page.getByRole("main").getByRole("button", { name: "Delete exploration" }).click();
  await press(dialog(page, "Delete the exploration Lent out?"), "Delete exploration");
  await expect(notification(page, "Lent out deleted")).toBeVisible();
});

test("a link over several columns is followed like any other", async ({ page }) => {
  sql(`create table seat (hall text, number int, price numeric, primary key (hall, number));
    create table ticket (id int primary key, hall text, number int, foreign key (hall, number) references seat);
    insert into seat values ('A', 1, 12.50), ('A', 2, 20); insert into ticket values (1, 'A', 2), (2, 'A', 1), (3, 'A', null)`);
  await world().open(page, `${world().tableUrl("chinook", "ticket")}/explore`);
  const grid = new Grid(page);
  await builder(page).getByRole("button", { name: "Add columns" }).press("Enter");
  const seat = await follow(builder(page), "seat");
  await seat.getByRole("checkbox", { name: "price" }).press("Space");
  await expect(builder(page).getByText("ticket › seat")).toBeVisible();
  await grid.expectCell(1, "seat price", "20");
  await grid.expectCell(2, "seat price", "12.50");
  await grid.expectCell(3, "seat price", "");
});
