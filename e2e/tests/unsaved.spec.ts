/** Nothing that was entered is lost by leaving: what is not saved is asked about. */

import { expect, test, type Page } from "@playwright/test";

import { chooseInUserMenu, dialog, press } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("chinook");

function sql(statement: string): string {
  return world().postgres.run("chinook", statement).trimEnd();
}

/** Opens a new table whose amounts must be small, and comes from the page of its schema. */
async function openStock(page: Page, table: string): Promise<Grid> {
  sql(`create table ${table} (id integer primary key, amount integer constraint at_most_99 check (amount < 100))`);
  sql(`insert into ${table} values (1, 10), (2, 20)`);
  await world().open(page, world().schemaUrl("chinook", "public"));
  await page.getByRole("main").getByRole("link", { name: table, exact: true }).click();
  const grid = new Grid(page);
  await grid.expectCount("2 rows");
  return grid;
}

const question = (page: Page) => dialog(page, /not saved/);
const amounts = (table: string) => sql(`select string_agg(amount::text, ' ' order by id) from ${table}`);

test("a failed edit is kept, sent again or given up before its page is left", async ({ page }) => {
  const grid = await openStock(page, "stock");
  await grid.edit(1, "amount", "5000");
  await expect(page.getByText("1 cell not saved")).toBeVisible();

  // The browser's back button, answered by keyboard.
  const address = page.url();
  await page.goBack();
  await expect(question(page)).toContainText("at_most_99");
  await expect(page.getByRole("button", { name: "Stay here" })).toBeFocused();
  await look(page, "unsaved");
  await page.keyboard.press("Enter");
  await expect(question(page)).toBeHidden();
  expect(page.url()).toBe(address);
  await grid.expectCell(1, "amount", /^5,?000$/);

  // A link, and Escape.
  await page.getByRole("banner").getByRole("link", { name: "public" }).click();
  await expect(question(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(question(page)).toBeHidden();
  expect(page.url()).toBe(address);

  // Trying again in vain changes nothing; once the database takes it, the page is left.
  await chooseInUserMenu(page, "Profile");
  await press(question(page), "Try again");
  await expect(question(page)).toContainText("at_most_99");
  sql("alter table stock drop constraint at_most_99");
  await press(question(page), "Try again");
  await expect(page.getByRole("heading", { name: "Profile" })).toBeVisible();
  expect(amounts("stock")).toBe("5000 20");
});

test("what is given up is gone, and nothing else", async ({ page }) => {
  const grid = await openStock(page, "given_up");
  await grid.edit(2, "amount", "21");
  await grid.edit(1, "amount", "5000");
  await expect(page.getByText("1 cell not saved")).toBeVisible();
  await grid.chooseInColumnMenu("amount", "Edit column");
  await press(question(page), "Stay here");
  await expect(page.getByText("1 cell not saved")).toBeVisible();
  await page.goBack();
  await press(question(page), "Discard");
  await expect(page.getByRole("main").getByRole("link", { name: "given_up", exact: true })).toBeVisible();
  expect(amounts("given_up")).toBe("10 21");
  await page.goForward();
  await grid.expectCell(1, "amount", "10");
});

test("who leaves while an edit is on its way waits for it, and leaves by themselves", async ({ page }) => {
  const grid = await openStock(page, "slow");
  let go: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  await page.route("**/api/rpc/v0/", async (route) => {
    if (route.request().postData()?.includes("records.apply")) await gone;
    await route.continue();
  });
  await grid.click(1, "amount");
  await page.keyboard.type("11");
  // The editor is still open: leaving takes what stands in it.
  await page.goBack();
  await expect(question(page)).toContainText("Saving 1 cell");
  go();
  await expect(page.getByRole("main").getByRole("link", { name: "slow", exact: true })).toBeVisible();
  expect(amounts("slow")).toBe("11 20");
});

test("closing the tab is asked about, too, but only while something is not saved", async ({ page }) => {
  const grid = await openStock(page, "closing");
  await grid.edit(1, "amount", "5000");
  await expect(page.getByText("1 cell not saved")).toBeVisible();
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const browser = await asked;
  expect(browser.type()).toBe("beforeunload");
  await browser.dismiss();
  await grid.expectCell(1, "amount", /^5,?000$/);
  await press(page.getByRole("main"), "Discard");
  await page.reload();
  await grid.expectCell(1, "amount", "10");
});

test("a record's form is not closed over what was entered", async ({ page }) => {
  const grid = await openStock(page, "forms");
  await grid.click(1, "amount");
  await grid.press("Space");
  const form = dialog(page).filter({ hasText: "forms" });
  await form.getByRole("textbox", { name: /amount/ }).fill("12");
  await page.keyboard.press("Escape");
  await press(question(page), "Stay here");
  await expect(form.getByRole("textbox", { name: /amount/ })).toHaveValue("12");
  await page.keyboard.press("Escape");
  await press(question(page), "Try again");
  await expect(form).toBeHidden();
  expect(amounts("forms")).toBe("12 20");
});
