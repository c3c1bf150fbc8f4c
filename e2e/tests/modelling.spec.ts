/** Links, columns that go to another table, and keys that change. */

import { expect, test } from "@playwright/test";

import { dialog, field, press } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

test("repeated values become a table of their own, and more of them follow", async ({ page }) => {
  sql(`create table "Loans" (id integer primary key, who text, email text, phone text);
       insert into "Loans" values (1, 'Ann', 'a@x.org', '1'), (2, 'Bob', null, '2'), (3, 'Ann', 'a@x.org', '3')`);
  await world().open(page, world().tableUrl("pagila", '"Loans"'));
  const grid = new Grid(page);
  await grid.expectCell(3, "who", "Ann");
  await grid.chooseInColumnMenu("who", "Move to another table");
  const moving = dialog(page, "Move to another table");
  await expect(moving.getByRole("checkbox", { name: "who" })).toBeChecked();
  await expect(moving.getByRole("checkbox", { name: "id" })).toHaveCount(0);
  await moving.getByRole("checkbox", { name: "email" }).check();
  await field(moving, "Name of the table").fill("People");
  await press(moving, "Show SQL");
  await expect(moving).toContainText("CREATE TABLE");
  await look(page, "move-columns");
  await press(moving, "Move to another table");
  await expect.poll(() => grid.columns()).toEqual(["id", "phone", "People_id"]);
  await grid.expectCell(3, "People_id", "Ann");
  expect(sql('select count(*) from "People"')).toBe("2");
  await expect(page.getByRole("navigation", { name: "Navigation" }).getByText("People")).toBeVisible();

  await grid.chooseInColumnMenu("phone", "Move to another table");
  await field(moving, "Table to move to").selectOption("People");
  await press(moving, "Move to another table");
  await expect.poll(() => grid.columns()).toEqual(["id", "People_id"]);
  expect(sql('select string_agg(who || phone, \' \' order by phone) from "Loans" l join "People" p on p.id = "People_id"')).toBe(
    "Ann1 Bob2 Ann3",
  );
});

test("another column becomes the key, and a table without one gets one", async ({ page }) => {
  sql("create table tickets (id integer primary key, code text); insert into tickets values (1, 'A'), (2, 'A')");
  await world().open(page, world().tableUrl("pagila", "tickets"));
  const grid = new Grid(page);
  await grid.expectCell(2, "code", "A");
  await grid.chooseInColumnMenu("code", "Make it the primary key");
  const making = dialog(page, "Make code the primary key?");
  await field(making, "New rows get").selectOption("What they got until now");
  await making.getByRole("checkbox", { name: /^Delete the column that was the key/ }).check();
  await press(making, "Make it the primary key");
  await expect(making.getByRole("alert")).toContainText("A");
  sql("update tickets set code = 'B' where id = 2");
  await look(page, "make-key");
  await press(making, "Make it the primary key");
  await expect.poll(() => grid.columns()).toEqual(["code"]);

  sql("create table keyless (v text); insert into keyless values ('x'), ('y')");
  await page.goto(world().tableUrl("pagila", "keyless"));
  await grid.expectCell(1, "v", "x");
  await press(page, "Show or hide the inspector");
  await press(page, "Add a primary key");
  await press(dialog(page, "Add a primary key"), "Add a primary key");
  await expect.poll(() => grid.columns()).toEqual(["v", "id"]);
  expect(sql("select string_agg(id::text, ',' order by id) from keyless")).toBe("1,2");
});

test("tables are linked one to one, and by a table in between", async ({ page }) => {
  sql(`create table badge_holders (id integer primary key, name text); create table parcels (id integer primary key);
       create table pairs (a integer, b integer, primary key (a, b))`);
  await world().open(page, world().tableUrl("pagila", "parcels"));
  await press(page, "Show or hide the inspector");
  await press(page, "Link to another table");
  const linking = dialog(page, "Link to another table");
  await field(linking, "Table to link to").selectOption("badge_holders");
  await field(linking, "Kind of link").selectOption("Each row to a record of its own");
  await field(linking, "Column name").fill("holder");
  await press(linking, "Show SQL");
  await expect(linking).toContainText("UNIQUE");
  await look(page, "link-one-to-one");
  await press(linking, "Link to another table");
  await expect.poll(() => new Grid(page).columns()).toEqual(["id", "holder"]);
  expect(sql("select string_agg(contype::text, '' order by contype) from pg_constraint where conrelid = 'parcels'::regclass and contype <> 'n'")).toBe("fpu");

  await press(page, "Link to another table");
  await field(linking, "Table to link to").selectOption("badge_holders");
  await field(linking, "Kind of link").selectOption("Any row to any number of records");
  await field(linking, "Name of the table in between").fill("carriers");
  await press(linking, "Link to another table");
  await expect.poll(() => sql("select to_regclass('carriers') is not null")).toBe("t");
  await expect(page.getByRole("navigation", { name: "Navigation" }).getByText("carriers")).toBeVisible();

  await press(page, "Link to another table");
  await field(linking, "Table to link to").selectOption("pairs");
  await field(linking, "Column name").fill("pair");
  await press(linking, "Link to another table");
  await expect.poll(() => new Grid(page).columns()).toEqual(["id", "holder", "pair_a", "pair_b"]);
});
