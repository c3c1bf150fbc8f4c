/** How people look at tables, kept under names, for themselves and for others. */

import { expect, test, type Page } from "@playwright/test";

import { chooseInMenuOf, dialog, enter, field, notification, press, type Credentials } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");
const ann: Credentials = { username: "ann", password: "a page of sheet music" };
const bob: Credentials = { username: "bob", password: "a jar of green olives" };

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

/** `shown` is the view that the table is looked at by. */
async function openViews(page: Page, shown: string | null = null): Promise<void> {
  await page.getByRole("toolbar").getByRole("button", { name: shown ?? "Views", exact: shown === null }).click();
  await expect(dialog(page, "Views of book")).toBeVisible();
}

function view(page: Page, name: string) {
  return dialog(page, "Views of book").getByRole("button", { name: new RegExp(`^${name}`) });
}

test.beforeAll(async () => {
  sql(`create table book (id int primary key, title text, price int);
       insert into book select n, 'Book ' || n, n * 10 from generate_series(1, 9) n;
       create table reader (id int primary key, name text);
       insert into reader values (1, 'Eve');
       create table loan (id int primary key, book int references book, reader int references reader);
       insert into loan values (1, 1, 1)`);
  await world().addCollaborator(ann, "ann");
  await world().addCollaborator(bob, "bob");
  sql("grant usage on schema public to ann, bob; grant select on book, reader, loan to ann, bob");
});

test("a view is kept, changed, come back to and shown to others", async ({ browser }) => {
  const anns = await (await browser.newContext()).newPage();
  await enter(anns, world().tableUrl("pagila", "book"), ann);
  const grid = new Grid(anns);
  await grid.expectCount("9 rows");
  await openViews(anns);
  await expect(dialog(anns, "Views of book")).toContainText("keep that as a view");
  await look(anns, "views-none");
  await anns.keyboard.press("Escape");

  await anns.getByRole("searchbox", { name: "Search the rows" }).fill("0");
  await grid.chooseInColumnMenu("price", "Sort descending");
  await grid.chooseInColumnMenu("title", "Hide column");
  await openViews(anns);
  await press(anns, "Save as a view");
  const saving = dialog(anns, "Save as a view");
  await field(saving, "Name").fill("Dearest first");
  await expect(field(saving, "Others who work in this database")).toHaveValue("none");
  await look(anns, "views-save");
  await press(saving, "Save");
  await expect(view(anns, "Dearest first")).toHaveAttribute("aria-current", "true");
  await look(anns, "views-list");
  await anns.keyboard.press("Escape");
  const tool = anns.getByRole("toolbar").getByTitle("Saved view Dearest first");
  await expect(tool).toBeVisible();

  // What one hides in a view is not hidden without it, and the other way round.
  await openViews(anns, "Dearest first");
  await view(anns, "No saved view").click();
  expect(await grid.columns()).toEqual(["id", "price"]);
  await grid.expectCell(1, "price", "10");
  await openViews(anns);
  await view(anns, "Dearest first").click();
  await grid.expectCell(1, "price", "90");
  await expect(tool).not.toContainText("Not saved");
  await anns.getByRole("toolbar").getByRole("button", { name: /^Columns/ }).click();
  await anns.getByRole("checkbox", { name: "title" }).check();
  await anns.getByRole("checkbox", { name: "reader" }).check();
  await anns.keyboard.press("Escape");
  await expect(tool).toContainText("Not saved");
  await grid.expectCell(9, "reader", /Eve/);
  await look(anns, "views-changed");
  await openViews(anns, "Dearest first");
  await press(dialog(anns, "Views of book"), "Save the changes");
  await expect(notification(anns, "Saved").first()).toBeVisible();
  await anns.keyboard.press("Escape");
  await expect(tool).not.toContainText("Not saved");
  const address = anns.url();

  const bobs = await (await browser.newContext()).newPage();
  await enter(bobs, world().tableUrl("pagila", "book"), bob);
  await new Grid(bobs).expectCount("9 rows");
  await openViews(bobs);
  await expect(view(bobs, "Dearest first")).toHaveCount(0);
  await openViews(anns, "Dearest first");
  await chooseInMenuOf(anns, "Dearest first", "Share");
  const sharing = dialog(anns, "Share Dearest first");
  await field(sharing, "Others who work in this database").selectOption("Only see it");
  await press(sharing, "Save");
  await expect(sharing).toBeHidden();

  await bobs.goto(address);
  const bobsGrid = new Grid(bobs);
  await bobsGrid.expectCell(1, "price", "90");
  await bobsGrid.expectCell(9, "reader", /Eve/);
  await openViews(bobs, "Dearest first");
  await expect(dialog(bobs, "Views of book")).toContainText("Only ann changes it");
  await bobs.getByRole("button", { name: "More for Dearest first" }).click();
  await expect(bobs.getByRole("menuitem", { name: "Share" })).toBeVisible();
  await expect(bobs.getByRole("menuitem", { name: "Delete view" })).toHaveCount(0);
  await bobs.keyboard.press("Escape");
  await look(bobs, "views-of-somebody-else");
});

test("a view is renamed and deleted by the keyboard, and says what its table has lost", async ({ browser }) => {
  const [database] = await world().call<{ id: number }[]>("databases.configured.list", {});
  const place = { database_id: database!.id, table_oid: Number(sql("select 'book'::regclass::oid")) };
  const definition = { order: [{ attnum: 3, direction: "desc" }], hidden: [1] };
  await world().call("table_views.add", { ...place, name: "By price", definition }, bob);
  const page = await (await browser.newContext()).newPage();
  await enter(page, world().tableUrl("pagila", "book"), bob);
  const grid = new Grid(page);
  await grid.expectCount("9 rows");
  await openViews(page);
  await chooseInMenuOf(page, "By price", "Rename view");
  const renaming = dialog(page, "Rename view");
  await field(renaming, "Name").fill("Precious");
  await page.keyboard.press("Enter");
  await expect(view(page, "Precious")).toBeVisible();

  sql("alter table book drop column price");
  await page.reload();
  await grid.expectCount("9 rows");
  await openViews(page);
  await view(page, "Precious").focus();
  await page.keyboard.press("Enter");
  await expect(notification(page, "The table does not have every column any more that Precious uses")).toBeVisible();
  await grid.expectCell(1, "title", "Book 1");

  await openViews(page, "Precious");
  await chooseInMenuOf(page, "Precious", "Delete view");
  const deleting = dialog(page, "Delete the view Precious?");
  await look(page, "views-delete");
  await press(deleting, "Delete view");
  await expect(view(page, "Precious")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("toolbar").getByRole("button", { name: "Views", exact: true })).toBeVisible();
  await grid.expectCell(1, "title", "Book 1");
});
