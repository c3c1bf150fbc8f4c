/** Schemas, tables and columns: made, changed and dropped, whatever they are called. */

import { expect, test } from "@playwright/test";

import { chooseInMenuOf, dialog, field, press } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

test("a schema and a table from their making to their end", async ({ page }) => {
  await world().open(page);
  await page.getByRole("link", { name: "pagila" }).first().click();
  await press(page, "New schema");
  await field(dialog(page, "New schema"), "Name").fill("Office");
  await press(dialog(page, "New schema"), "Create schema");
  await chooseInMenuOf(page, "Office", "Edit schema");
  await field(dialog(page, "Edit schema"), "Name").fill("Head office");
  await press(dialog(page, "Edit schema"), "Save");
  await page.getByRole("tabpanel").getByRole("link", { name: "Head office" }).click();

  await page.getByRole("button", { name: "New table" }).click();
  const making = dialog(page, "New table");
  await field(making, "Name").fill("Desks");
  await field(making, "Name of column 1").fill("height");
  await field(making, "Type of column 1").selectOption("text");
  await look(page, "new-table");
  await press(making, "Create table");
  await expect.poll(() => sql(`select to_regclass('"Head office"."Desks"') is not null`)).toBe("t");

  await page.goto(world().schemaUrl("pagila", "Head office"));
  await chooseInMenuOf(page, "Desks", "Edit table");
  await field(dialog(page, "Edit table"), "Name").fill("Tables");
  await press(dialog(page, "Edit table"), "Save");
  await expect(page.getByRole("link", { name: "Tables" }).first()).toBeVisible();
  await chooseInMenuOf(page, "Tables", "Delete table");
  await dialog(page, /^Delete the table/).getByRole("textbox").fill("Tables");
  await press(dialog(page, /^Delete the table/), "Delete table");
  await expect(page.getByText("No tables yet")).toBeVisible();

  await page.getByRole("link", { name: "pagila" }).first().click();
  await chooseInMenuOf(page, "Head office", "Delete schema");
  const dropping = dialog(page, /^Delete the schema/);
  await dropping.getByRole("textbox").fill("Head office");
  await press(dropping, "Delete schema");
  await expect.poll(() => sql("select count(*) from pg_namespace where nspname = 'Head office'")).toBe("0");
});

test("columns are added, renamed, given another type and dropped", async ({ page }) => {
  sql("create table measured (id integer primary key, size text); insert into measured values (1, '12'), (2, 'large'), (3, '7')");
  await world().open(page, world().tableUrl("pagila", "measured"));
  const grid = new Grid(page);
  await grid.chooseInColumnMenu("size", "Edit column");
  const editing = dialog(page, "Edit column size");
  await field(editing, "Type").selectOption("integer");
  await expect(editing.getByText("Values that do not fit: 1")).toBeVisible();
  await expect(editing).toContainText("large");
  await expect(editing.getByRole("button", { name: "Save" })).toBeDisabled();
  await field(editing, "Name").press("Enter");
  await look(page, "retype");
  expect(sql("select data_type from information_schema.columns where table_name = 'measured' and column_name = 'size'")).toBe("text");
  await press(editing, "Cancel");

  sql("update measured set size = '9' where id = 2");
  await grid.chooseInColumnMenu("size", "Edit column");
  await field(editing, "Type").selectOption("integer");
  await expect(editing.getByText("Every value fits this type.")).toBeVisible();
  await field(editing, "Name").fill("Size in cm");
  await press(editing, "Save");
  await expect(grid.header("Size in cm")).toBeVisible();
  expect(sql(`select sum("Size in cm") from measured`)).toBe("28");

  await grid.chooseInColumnMenu("Size in cm", "Add column");
  await field(dialog(page, "Add column"), "Name").fill("note");
  await press(dialog(page, "Add column"), "Add column");
  await expect(grid.header("note")).toBeVisible();
  await grid.chooseInColumnMenu("note", "Delete column");
  await dialog(page, /^Delete the column/).getByRole("textbox").fill("note");
  await press(dialog(page, /^Delete the column/), "Delete column");
  await expect(grid.header("note")).toHaveCount(0);
  expect(sql("select count(*) from pg_attribute where attrelid = 'measured'::regclass and attname = 'note'")).toBe("0");
});

test("a key and a unique constraint are added and dropped", async ({ page }) => {
  sql("create table badges (number integer, owner text, room text); insert into badges values (1, 'Ann', 'A'), (2, 'Ann', 'B')");
  await world().open(page, world().tableUrl("pagila", "badges"));
  const grid = new Grid(page);
  await grid.expectCell(1, "owner", "Ann");
  await press(page, "Show or hide the inspector");
  await press(page, "Add constraint");
  const adding = dialog(page, "Add constraint");
  await expect(field(adding, "Kind")).toHaveValue("p");
  await adding.getByRole("checkbox", { name: "number" }).check();
  await press(adding, "Show SQL");
  await expect(adding).toContainText("PRIMARY KEY");
  await look(page, "constraint");
  await press(adding, "Add constraint");
  await expect.poll(() => sql("select conkey::text from pg_constraint where conrelid = 'badges'::regclass and contype = 'p'")).toBe("{1}");
  await grid.edit(2, "room", "C");
  await expect.poll(() => sql("select room from badges where number = 2")).toBe("C");

  await press(page, "Add constraint");
  await adding.getByRole("checkbox", { name: "owner" }).check();
  await press(adding, "Add constraint");
  await expect(adding.getByRole("alert")).toContainText("Ann");
  await adding.getByRole("checkbox", { name: "room" }).check();
  await press(adding, "Add constraint");
  await expect.poll(() => sql("select conkey::text from pg_constraint where conrelid = 'badges'::regclass and contype = 'u'")).toBe("{2,3}");
  await press(page, "Add constraint");
  await field(adding, "Kind").selectOption("c");
  await field(adding, "Condition").fill("number > 0); drop table badges; --");
  await press(adding, "Add constraint");
  await expect(adding.getByRole("alert")).toContainText("the bracket ) has no partner");
  await field(adding, "Condition").fill("number > 1");
  await press(adding, "Add constraint");
  await expect(adding.getByRole("alert")).toContainText("violated by some row");
  await field(adding, "Condition").fill("number > 0");
  await press(adding, "Show SQL");
  await expect(adding).toContainText("CHECK (number > 0)");
  await expect(adding).toContainText("public.badges: all rows are read. Meanwhile others wait (ACCESS EXCLUSIVE).");
  await look(page, "constraint-check");
  await press(adding, "Add constraint");
  await expect(page.getByRole("listitem").filter({ hasText: "badges_number_check" })).toContainText("CHECK ((number > 0))");
  await page.getByRole("button", { name: /^Delete badges_owner_room_key/ }).click();
  await press(dialog(page, /^Delete the constraint/), "Delete");
  await expect.poll(() => sql("select count(*) from pg_constraint where conrelid = 'badges'::regclass and contype = 'u'")).toBe("0");
});

test("an index is added over columns and an expression, and deleted", async ({ page }) => {
  sql("create table parts (id integer primary key, name text, shelf text); insert into parts values (1, 'Nut', 'A'), (2, 'nut', 'B')");
  await world().open(page, world().tableUrl("pagila", "parts"));
  await new Grid(page).expectCell(1, "name", "Nut");
  await press(page, "Show or hide the inspector");
  await press(page, "Add index");
  const adding = dialog(page, "Add index");
  await expect(adding.getByRole("button", { name: "Add index" })).toBeDisabled();
  await field(adding, "Expression").fill("lower(name)");
  await adding.getByRole("checkbox", { name: "Unique" }).check();
  await press(adding, "Add index");
  await expect(adding.getByRole("alert")).toContainText("nut");
  await adding.getByRole("checkbox", { name: "shelf" }).check();
  await field(adding, "Only rows with").fill("id > 0");
  await press(adding, "Show SQL");
  await expect(adding).toContainText("CREATE UNIQUE INDEX ON public.parts");
  await look(page, "index-add");
  await press(adding, "Add index");
  await expect(adding).toBeHidden();
  const listed = page.getByRole("listitem").filter({ hasText: "parts_shelf_lower_idx" });
  await expect(listed).toContainText("btree (shelf, lower(name)) WHERE (id > 0)");
  await expect(listed).toContainText("Unique");
  await look(page, "indexes");
  await page.getByRole("button", { name: "Delete parts_shelf_lower_idx" }).click();
  await press(dialog(page, "Delete the index parts_shelf_lower_idx?"), "Delete");
  await expect(listed).toHaveCount(0);
  expect(sql("select count(*) from pg_index where indrelid = 'parts'::regclass")).toBe("1");
});

test("a column is computed from others, and another one filled by an expression", async ({ page }) => {
  sql("create table ordered (id integer primary key, price numeric, pieces integer); insert into ordered values (1, 2.5, 4)");
  await world().open(page, world().tableUrl("pagila", "ordered"));
  const grid = new Grid(page);
  await grid.expectCell(1, "price", "2.5");
  await grid.chooseInColumnMenu("pieces", "Add column");
  const adding = dialog(page, "Add column");
  await field(adding, "Name").fill("total");
  await field(adding, "Type").selectOption("numeric");
  await field(adding, "Filled by").selectOption({ label: "PostgreSQL, from other columns (computed when read)" });
  await expect(adding.getByRole("button", { name: "Add column" })).toBeDisabled();
  await field(adding, "Expression").fill("price * pieces");
  await press(adding, "Show SQL");
  await expect(adding).toContainText("GENERATED ALWAYS AS (price * pieces) VIRTUAL");
  await expect(adding).toContainText("takes a moment, however many rows there are.");
  await field(adding, "Filled by").selectOption("stored");
  await expect(adding).toContainText("STORED");
  await expect(adding).toContainText("all rows are written anew.");
  await look(page, "column-computed");
  await press(adding, "Add column");
  await grid.expectCell(1, "total", "10.0");

  await grid.chooseInColumnMenu("total", "Add column");
  await field(adding, "Name").fill("made");
  await field(adding, "Filled by").selectOption("expression");
  await field(adding, "Expression").fill("current_user");
  await press(adding, "Add column");
  await grid.chooseInColumnMenu("made", "Edit column");
  const editing = dialog(page, "Edit column made");
  await expect(field(editing, "Filled by")).toHaveValue("expression");
  await expect(field(editing, "Expression")).toHaveValue("CURRENT_USER");
  await field(editing, "Expression").fill("upper('by hand')");
  await press(editing, "Save");
  await expect.poll(() => sql("insert into ordered (id) values (2) returning made").split("\n")[0]).toBe("BY HAND");
});

test("spaces that nobody would see are marked in names, and warned about", async ({ page }) => {
  sql('create schema " edge "; create table " edge "."two  words" (id integer primary key, "end " text)');
  await world().open(page, world().tableUrl("pagila", '" edge "."two  words"'));
  const grid = new Grid(page);
  await expect.poll(() => grid.columns()).toEqual(["id", "end "]);
  await expect(grid.header("end ").locator(".grid-unseen")).toHaveCount(1);
  await expect(page.getByRole("navigation", { name: "Path" }).locator(".unseen-sign")).toHaveCount(4);
  await expect(page.getByRole("navigation", { name: "Navigation" }).locator(".unseen-sign").first()).toBeVisible();
  await look(page, "unseen-signs");
  await grid.chooseInColumnMenu("end ", "Edit column");
  const editing = dialog(page, /^Edit column/);
  await expect(editing.getByText("The name ends with a space")).toBeVisible();
  await field(editing, "Name").fill("end");
  await expect(editing.getByText("The name ends with a space")).toHaveCount(0);
  await press(editing, "Save");
  await expect.poll(() => sql(`select attname from pg_attribute where attrelid = '" edge "."two  words"'::regclass and attnum = 2`)).toBe("end");
});

test("the sidebar finds tables; views and partitioned tables open", async ({ page }) => {
  sql(`insert into country (country) select 'Country ' || n from generate_series(1, 3) n`);
  await world().open(page, world().tableUrl("pagila", "country"));
  const search = page.getByRole("searchbox", { name: "Find a table" });
  await search.fill("actor");
  await expect(page.getByRole("link", { name: "actor_info" })).toBeVisible();
  await expect(page.getByRole("link", { name: "inventory" })).toHaveCount(0);
  await page.getByRole("link", { name: "actor_info" }).click();
  await expect(new Grid(page).root).toBeVisible();
  await new Grid(page).expectCount("0 rows");
  await search.fill("payment");
  await page.getByRole("link", { name: "payment", exact: true }).click();
  await expect(new Grid(page).root).toBeVisible();
  await expect(new Grid(page).header("payment_date")).toBeVisible();
});

const hostile = ['"; drop', "Robert'); --", "<script>alert(1)</script>", "😀".repeat(15) + "abc", "select", "Capitals", "dots.and.more", " spaces "];

test("names are shown as they are, and nothing else", async ({ page }) => {
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  sql("create schema hostile");
  for (const name of hostile) {
    sql(`create table hostile.${quoted(name)} (id integer primary key, ${quoted(name)} text);
         insert into hostile.${quoted(name)} values (1, 'safe')`);
  }
  page.on("dialog", () => expect(null, "a script ran").not.toBeNull());
  await world().open(page, world().schemaUrl("pagila", "hostile"));
  const list = page.getByRole("main").getByRole("listitem");
  await expect(list).toHaveCount(hostile.length);
  await look(page, "hostile-names");
  for (const name of hostile) {
    await page.goto(world().tableUrl("pagila", `hostile.${quoted(name).replaceAll("'", "''")}`));
    const grid = new Grid(page);
    await grid.expectCell(1, "id", "1");
    await expect.poll(() => grid.columns()).toEqual(["id", name]);
    await page.getByRole("gridcell", { name: "safe" }).click();
    await page.keyboard.type("changed");
    await page.keyboard.press("Enter");
    await expect.poll(() => sql(`select ${quoted(name)} from hostile.${quoted(name)}`)).toBe("changed");
  }
});
