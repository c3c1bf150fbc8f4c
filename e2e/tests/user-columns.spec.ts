/** Columns whose values are users, and the one that says who changed a row last. */

import { expect, test } from "@playwright/test";

import { dialog, field, press } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

test("a number becomes a user who is chosen by name, and a table says who changed it last", async ({ page }) => {
  sql("create table errand (id int primary key, words text, who int, last int); insert into errand values (1, 'wash', 99, null), (2, 'dry', null, null)");
  await world().open(page, world().tableUrl("pagila", "errand"));
  const grid = new Grid(page);
  await grid.chooseInColumnMenu("who", "Edit column");
  const who = dialog(page, "Edit column who");
  await field(who, "Each cell is a user").selectOption("User name");
  await look(page, "user-column");
  await press(who, "Save");
  await expect(who).toBeHidden();
  await grid.expectCell(1, "who", "99");
  await grid.edit(1, "who", "admin");
  await expect.poll(() => sql("select who = last or last is null from errand where who <> 99")).toBe("t");
  await grid.expectCell(1, "who", "admin");

  await grid.chooseInColumnMenu("last", "Edit column");
  const last = dialog(page, "Edit column last");
  await field(last, "Each cell is a user").selectOption("User name");
  await last.getByRole("checkbox", { name: "Note here who changed a row last" }).check();
  await press(last, "Save");
  await expect(last).toBeHidden();
  await grid.edit(1, "words", "wash up");
  await grid.expectCell(1, "last", "admin");
  expect(sql("select last = who from errand where id = 1")).toBe("t");
  await look(page, "user-cells");

  await page.getByRole("toolbar").getByRole("button", { name: /^Filter/ }).click();
  const filter = dialog(page, "Filter");
  await press(filter, "Condition");
  await filter.getByLabel("Column", { exact: true }).selectOption("who");
  await expect(filter.getByLabel("Comparison")).toHaveValue("equal");
  await filter.getByLabel("Value", { exact: true }).selectOption("admin");
  await expect(page.getByRole("status").filter({ hasText: "matching" })).toHaveText("1 matching row");
  await look(page, "user-filter");
  await press(filter, "Remove all");
  await grid.expectCount("2 rows");
  await page.keyboard.press("Escape");

  await grid.click(1, "words");
  await page.keyboard.press("Space");
  const record = page.getByRole("dialog");
  await expect(record.getByLabel("who")).toHaveValue(sql("select who from errand where id = 1"));
  await expect(record.getByLabel("who").locator("option:checked")).toHaveText("admin");
});
