/** Nothing is lost when the program ends, orderly or not. */

import { expect, test } from "@playwright/test";

import { enter, field, press, userMenu } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { ADMIN, Server } from "../support/server.ts";

let server: Server;

test.beforeAll(async () => {
  server = await Server.withSuperuser();
});
test.afterAll(() => server?.dispose());

test("what was saved is there after a stop and after a crash, and work goes on", { tag: "@one-process" }, async ({ page }) => {
  test.setTimeout(120_000);
  await enter(page, `${server.url}/databases/create`, ADMIN);
  await field(page, "Name").fill("kept");
  await press(page, "Create");
  await expect(page.getByRole("heading", { name: "kept" })).toBeVisible({ timeout: 30_000 });
  await page.getByRole("tabpanel").getByRole("link", { name: "public" }).click();
  await page.getByRole("button", { name: "New table" }).click();
  const making = page.getByRole("dialog", { name: "New table" });
  await field(making, "Name").fill("notes");
  await field(making, "Name of column 1").fill("words");
  await press(making, "Create table");
  const grid = new Grid(page);
  await expect(grid.header("words")).toBeVisible();
  await addRow("before the stop");
  await grid.expectCell(1, "words", "before the stop");
  await expect(await grid.cell(1, "words")).not.toHaveAttribute("aria-busy", "true");

  await server.restart();
  await page.reload();
  await expect(userMenu(page)).toBeVisible();
  await grid.expectCell(1, "words", "before the stop");

  await addRow("before the crash");
  await grid.expectCount("2 rows");
  await server.crash();
  await addRow("after the crash");
  await grid.expectCount("3 rows");
  await page.reload();
  for (const [index, words] of ["before the stop", "before the crash", "after the crash"].entries()) {
    await grid.expectCell(index + 1, "words", words);
  }

  async function addRow(words: string): Promise<void> {
    // What was not answered may be lost in a crash.
    const answered = page.waitForResponse((response) => response.request().postData()?.includes(words) ?? false);
    await press(page, "Insert row");
    await page.keyboard.type(words);
    await page.keyboard.press("Enter");
    await answered;
  }
});
