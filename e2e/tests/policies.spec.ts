/** Row-level security of a table: policies, and whether they hold. */

import { expect, test, type Page } from "@playwright/test";

import { dialog, field, press } from "../support/app.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

async function openTable(page: Page, table: string): Promise<void> {
  await world().open(page, world().tableUrl("pagila", table));
  await press(page, "Show or hide the inspector");
  await expect(page.getByRole("heading", { name: "Row-level security" })).toBeVisible();
}

test("a policy is written, holds once it is switched on, is changed, and goes again", async ({ page }) => {
  sql("create table note (id int primary key, store_id int); insert into note values (1, 1), (2, 2), (3, 2)");
  sql("create role clerk; grant select on note to clerk");
  await openTable(page, "note");
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  await expect(inspector).toContainText("Off: every role meets all rows.");

  await press(inspector, "Add policy");
  const adding = dialog(page, "Add policy");
  await field(adding, "Name").fill('Store "1" only');
  await adding.getByRole("checkbox", { name: "clerk" }).press("Space");
  await field(adding, "Rows that are seen").fill("store_id = 1); drop table note; --");
  await press(adding, "Add policy");
  await expect(adding.getByRole("alert")).toContainText("the bracket ) has no partner");
  await field(adding, "Rows that are seen").fill("store_id = 1");
  await press(adding, "Show SQL");
  await expect(adding.getByLabel("SQL")).toContainText(
    'CREATE POLICY "Store ""1"" only" ON public.note AS PERMISSIVE FOR ALL TO clerk',
  );
  await look(page, "policy-add");
  await press(adding, "Add policy");
  await expect(adding).toHaveCount(0);
  await expect(inspector.getByRole("listitem").filter({ hasText: 'Store "1" only' })).toContainText("clerk");

  await press(inspector, "Switch on or off");
  const switching = dialog(page, "Row-level security of note");
  await expect(switching.getByRole("button", { name: "Save" })).toBeDisabled();
  await switching.getByRole("checkbox", { name: "Policies decide which rows roles meet" }).press("Space");
  await look(page, "row-security");
  await press(switching, "Save");
  await expect(inspector).toContainText("On: policies decide which rows roles meet");
  await look(page, "policies");
  expect(sql("set role clerk; select string_agg(id::text, ' ') from note")).toBe("SET\n1");

  await press(inspector, 'Edit the policy Store "1" only');
  const editing = dialog(page, 'Policy Store "1" only');
  await expect(field(editing, "Rows that are seen")).toHaveValue("(store_id = 1)");
  await expect(field(editing, "For")).toBeDisabled();
  await expect(editing.getByRole("checkbox", { name: "clerk" })).toBeChecked();
  await expect(editing.getByRole("button", { name: "Save" })).toBeDisabled();
  await field(editing, "Rows that are seen").fill("");
  await field(editing, "Name").fill("Store 2");
  await expect(editing.getByRole("button", { name: "Save" })).toBeDisabled();
  await field(editing, "Rows that are seen").fill("store_id = 2");
  await press(editing, "Show SQL");
  await expect(editing.getByLabel("SQL")).toContainText('ALTER POLICY "Store ""1"" only" ON public.note RENAME TO "Store 2"');
  await look(page, "policy-edit");
  await press(editing, "Save");
  await expect(editing).toHaveCount(0);
  await expect(inspector.getByRole("listitem").filter({ hasText: "Store 2" })).toContainText("USING (store_id = 2)");
  expect(sql("set role clerk; select string_agg(id::text, ' ' order by id) from note")).toBe("SET\n2 3");

  await press(inspector, "Delete the policy Store 2");
  await press(dialog(page, "Delete the policy Store 2?"), "Delete");
  await expect.poll(() => sql("select count(*) from pg_policy")).toBe("0");
  await press(inspector, "Switch on or off");
  await expect(switching.getByRole("checkbox", { name: "Policies decide which rows roles meet" })).toBeChecked();
  await expect(switching).toContainText("nobody but the owner meets any row");
  await switching.getByRole("checkbox", { name: "Policies decide which rows roles meet" }).press("Space");
  await press(switching, "Save");
  await expect.poll(() => sql("select relrowsecurity from pg_class where relname = 'note'")).toBe("f");
});
