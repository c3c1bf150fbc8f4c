/** Lists of values that columns have as their type. */

import { expect, test } from "@playwright/test";

import { dialog, field, press } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

test("a text column gets a list of values, whose values are renamed and added to", async ({ page }) => {
  sql("create table task (id int primary key, state text); insert into task values (1, 'open'), (2, 'done')");
  await world().open(page, world().tableUrl("pagila", "task"));
  const grid = new Grid(page);
  await grid.chooseInColumnMenu("state", "Edit column");
  const editing = dialog(page, "Edit column state");
  await press(editing, "New list of values");
  const making = dialog(page, "New list of values");
  await field(making, "Name").fill("Task.state");
  await field(making, "Values").fill("open\ndone");
  await press(making, "Show SQL");
  await expect(making.getByLabel("SQL")).toContainText(`CREATE TYPE public."Task.state" AS ENUM ('open', 'done')`);
  await look(page, "enum-new");
  await press(making, "Create list");
  await expect(field(editing, "Type")).toHaveValue('public."Task.state"');
  await press(editing, "Save");
  await expect.poll(() => sql("select pg_typeof(state) from task limit 1")).toBe('"Task.state"');

  await grid.chooseInColumnMenu("state", "Edit column");
  await press(editing, "Edit values");
  const values = dialog(page, "Values of Task.state");
  await field(values, "Value 2").fill("finished");
  await field(values, "New values").fill("in progress");
  await field(values, "Where new values come").selectOption("Before done");
  await look(page, "enum-edit");
  await press(values, "Save");
  await expect.poll(() => sql(`select enum_range(null::"Task.state")`)).toBe('{open,"in progress",finished}');
  await press(editing, "Cancel");
  expect(sql("select string_agg(state::text, ',' order by id) from task")).toBe("open,finished");
});
