/** What records are called where other tables link to them. */

import { expect, test, type Locator, type Page } from "@playwright/test";

import { dialog, enter, field, press, type Credentials } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");
const bob: Credentials = { username: "bob", password: "a jar of green olives" };

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

/** Opens a table, and what the inspector says of it. */
async function inspect(page: Page, rows: string): Promise<Locator> {
  await new Grid(page).expectCount(rows);
  const tab = page.getByRole("tab", { name: "Table" });
  if ((await tab.count()) === 0) await page.keyboard.press("Control+i");
  await tab.click();
  const names = page.locator("section").filter({ has: page.getByRole("heading", { name: "Record names" }) });
  await expect(names).toBeVisible();
  return names;
}

test("records are called by columns, words and what they link to, as tried on the first one", async ({ page }) => {
  sql(`create table land (id int primary key, name text); insert into land values (1, 'Spain'), (2, 'Peru');
       create table town (id int primary key, size int, name text, land int references land);
       insert into town values (1, 7, 'Vigo', 1), (2, 9, 'Lima', 2);
       create table shop (id int primary key, town int references town); insert into shop values (1, 2)`);
  await world().open(page, world().tableUrl("pagila", "town"));
  const names = await inspect(page, "2 rows");
  await expect(names).toContainText("They are called by the first column of text.");
  await expect(names).toContainText("The first record: Vigo");
  await press(page, "Change");
  const naming = dialog(page, "What records of town are called");
  await field(naming, "Called by").selectOption("Columns and words that I choose");
  await expect(field(naming, "Column")).toHaveValue("3");
  await press(naming, "Add words");
  await field(naming, "Words").fill(" in ");
  await press(naming, "Add a column");
  await field(naming, "Column").nth(1).selectOption("land");
  await field(naming, "Of what land links to").selectOption("name");
  await expect(naming).toContainText("The first record: Vigo in Spain");
  await look(page, "record-names");
  await naming.getByRole("button", { name: "Move up" }).nth(2).click();
  await expect(naming).toContainText("The first record: VigoSpain in");
  await naming.getByRole("button", { name: "Move down" }).nth(1).click();
  await press(naming, "Save");
  await expect(naming).toBeHidden();
  await expect(names).toContainText("They are called as somebody chose.");
  await look(page, "record-names-inspector");

  await page.goto(world().tableUrl("pagila", "shop"));
  await new Grid(page).expectCell(1, "town", "Lima in Peru");

  // A column that is gone leaves out what it said, and the dialog says so.
  sql("alter table town drop column name");
  await page.goto(world().tableUrl("pagila", "town"));
  await inspect(page, "2 rows");
  await expect(names).toContainText("The first record: in Spain");
  await press(page, "Change");
  await expect(field(naming, "Column").first().locator("option:checked")).toHaveText("A column that is gone");
  await field(naming, "Called by").selectOption("The first column of text");
  await press(naming, "Save");
  await expect(names).toContainText("They are called by the first column of text.");
});

test("where only owners say how tables are shown, others see what records are called", async ({ browser }) => {
  sql("create table thing (id int primary key, name text); insert into thing values (1, 'Cup'), (2, 'Fork')");
  await world().addCollaborator(bob, "bob");
  sql("grant usage on schema public to bob; grant select on thing to bob");
  const page = await (await browser.newContext()).newPage();
  await enter(page, world().tableUrl("pagila", "thing"), bob);
  await inspect(page, "2 rows");
  await expect(page.getByRole("button", { name: "Change", exact: true })).toBeVisible();
  const [database] = await world().call<{ id: number }[]>("databases.configured.list", {});
  const patch = { database_id: database!.id, patch: { metadata_access: "owners" } };
  await world().call("databases.configured.patch", patch);
  await page.reload();
  await inspect(page, "2 rows");
  await expect(page.getByText("The first record: Cup")).toBeVisible();
  await expect(page.getByRole("button", { name: "Change", exact: true })).toHaveCount(0);
});
