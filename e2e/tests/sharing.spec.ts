/** Whose explorations and forms are, and what others may do with them: seen by two people. */

import { expect, test, type Browser, type Page } from "@playwright/test";

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

/** A page of somebody, at the public schema. */
async function pageOf(browser: Browser, who: Credentials, tab: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await enter(page, world().schemaUrl("pagila", "public"), who);
  await page.getByRole("tab", { name: tab }).click();
  return page;
}

/** Opens what is shared by the button of its page. */
async function share(page: Page, name: string, access: string): Promise<void> {
  await press(page, "Share");
  const sharing = dialog(page, `Share ${name}`);
  await field(sharing, "Others who work in this database").selectOption(access);
  await press(sharing, "Save");
  await expect(notification(page, "Saved").last()).toBeVisible();
  await expect(sharing).toBeHidden();
}

test.beforeAll(async () => {
  await world().addCollaborator(ann, "ann");
  await world().addCollaborator(bob, "bob");
  sql("grant usage on schema public to ann, bob; grant select, insert on category to ann, bob");
  sql("insert into category (name) values ('Comedy'), ('Drama')");
});

test("an exploration is kept from others, shown to them, and given away", async ({ browser }) => {
  const anns = await pageOf(browser, ann, "Explorations");
  await anns.getByRole("main").getByRole("link", { name: "New exploration" }).first().click();
  await field(anns, "Table to begin with").selectOption("category");
  const grid = new Grid(anns);
  await grid.expectCount("2 rows");
  await press(anns, "Save");
  await field(dialog(anns, "Save the exploration"), "Name").fill("Categories");
  await press(dialog(anns, "Save the exploration"), "Save");
  await expect(anns.getByRole("heading", { name: "Categories", level: 1 })).toBeVisible();

  await press(anns, "Share");
  await expect(field(dialog(anns, "Share Categories"), "Owner")).toContainText("ann (you)");
  await look(anns, "share-exploration");
  await anns.keyboard.press("Escape");
  await share(anns, "Categories", "Do not see it");
  await expect(anns.getByText("Only you see it")).toBeVisible();

  const bobs = await pageOf(browser, bob, "Explorations");
  await expect(bobs.getByRole("heading", { name: "No explorations yet" })).toBeVisible();
  const address = anns.url();
  await bobs.goto(address);
  await expect(bobs.getByText("There is no exploration with this number")).toBeVisible();

  await share(anns, "Categories", "Only see it");
  await bobs.goto(address);
  await new Grid(bobs).expectCount("2 rows");
  await expect(bobs.getByText("Only ann changes it")).toBeVisible();
  await expect(bobs.getByRole("button", { name: "Save", exact: true })).toHaveCount(0);
  await look(bobs, "explorer-of-somebody-else");
  await bobs.getByRole("button", { name: "More for Categories" }).click();
  await expect(bobs.getByRole("menuitem", { name: "Share" })).toBeVisible();
  await expect(bobs.getByRole("menuitem", { name: "Delete exploration" })).toHaveCount(0);
  await bobs.keyboard.press("Escape");
  await press(bobs, "Share");
  await expect(dialog(bobs, "Share Categories")).toContainText("It belongs to ann, who lets others see it, and not change it.");
  await look(bobs, "share-of-somebody-else");
  await bobs.keyboard.press("Escape");
  await press(bobs, "Save as another");
  await field(dialog(bobs, "Save the exploration"), "Name").fill("My categories");
  await press(dialog(bobs, "Save the exploration"), "Save");
  await expect(bobs.getByRole("heading", { name: "My categories", level: 1 })).toBeVisible();
  await expect(bobs.getByRole("button", { name: "Save", exact: true })).toBeVisible();

  // Ann gives hers to Bob, and is told what that takes from her.
  await press(anns, "Share");
  const giving = dialog(anns, "Share Categories");
  await field(giving, "Owner").selectOption("bob");
  await expect(giving).toContainText("Only the new owner and superusers can give it back.");
  await field(giving, "Others who work in this database").selectOption("Do not see it");
  await expect(giving).toContainText("You will not see it any more.");
  await look(anns, "share-giving");
  await field(giving, "Others who work in this database").selectOption("Only see it");
  await press(giving, "Save");
  await expect(anns.getByText("Only bob changes it")).toBeVisible();
  await expect(anns.getByRole("button", { name: "Save as another" })).toBeVisible();

  await bobs.goto(world().schemaUrl("pagila", "public"));
  await bobs.getByRole("tab", { name: "Explorations" }).click();
  await expect(bobs.getByRole("listitem").filter({ hasText: "Only you change it" })).toContainText("Categories");
  await look(bobs, "explorations-of-several");
  await chooseInMenuOf(bobs, "Categories", "Delete exploration");
  await press(dialog(bobs, "Delete the exploration Categories?"), "Delete exploration");
  await expect(notification(bobs, "Categories deleted")).toBeVisible();
});

test("a form that is only shown can be looked at, and its link works for all", async ({ browser }) => {
  const anns = await pageOf(browser, ann, "Forms");
  await press(anns, "New form");
  const making = dialog(anns, "New form");
  await field(making, "Table that gets the records").selectOption("category");
  await field(making, "Name").fill("Suggestions");
  await press(making, "Create form");
  await anns.getByRole("checkbox", { name: "Public" }).check();
  await expect(anns.getByRole("checkbox", { name: "Public" })).toBeEnabled();
  await share(anns, "Suggestions", "Only see it");
  await expect(anns.getByText("Only you change it")).toBeVisible();
  await look(anns, "form-shared");

  const bobs = await pageOf(browser, bob, "Forms");
  await expect(bobs.getByRole("listitem").filter({ hasText: "Suggestions" })).toContainText("Only ann changes it");
  await look(bobs, "forms-of-several");
  await bobs.getByRole("button", { name: "More for Suggestions" }).click();
  await expect(bobs.getByRole("menuitem", { name: "Delete form" })).toHaveCount(0);
  await bobs.keyboard.press("Escape");
  await bobs.getByRole("main").getByRole("link", { name: "Suggestions" }).click();
  await expect(bobs.getByRole("heading", { name: "Suggestions", level: 1 })).toBeVisible();
  await expect(bobs.getByRole("checkbox", { name: "Public" })).toBeDisabled();
  await expect(field(bobs, "Name")).toBeDisabled();
  await expect(bobs.getByRole("button", { name: "Save", exact: true })).toHaveCount(0);
  await look(bobs, "form-of-somebody-else");

  const link = await bobs.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  await share(anns, "Suggestions", "Do not see it");
  await bobs.reload();
  await expect(bobs.getByText("This form is not there any more")).toBeVisible();
  await bobs.goto(link);
  await expect(bobs.getByRole("heading", { name: "Suggestions" })).toBeVisible();
});

test("who sets how tables are shown is decided in the settings of the database", async ({ page }) => {
  const oid = Number(sql("select 'category'::regclass::oid"));
  const [database] = await world().call<{ id: number }[]>("databases.configured.list", {});
  const set = () =>
    world().call(
      "tables.metadata.set",
      { database_id: database!.id, table_oid: oid, metadata: { record_summary_template: [[2]] } },
      bob,
    );
  await set();
  await world().open(page);
  await page.getByRole("link", { name: "pagila" }).first().click();
  await page.getByRole("tab", { name: "Settings" }).click();
  await field(page, "Who sets how tables and columns are shown").selectOption("Only who owns the table, and superusers");
  await page.getByRole("button", { name: "Save", exact: true }).first().click();
  await expect(notification(page, "Saved")).toBeVisible();
  await look(page, "database-settings-metadata");
  await expect(set()).rejects.toThrow("your role bob does not own public.category");
});
