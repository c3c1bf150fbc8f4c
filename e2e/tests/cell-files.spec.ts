/** Files in cells: added, looked at, copied, removed, and sent by a form. */

import { readFileSync } from "node:fs";

import { expect, test, type Page } from "@playwright/test";

import { dialog, field, press } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

/** A picture that the repository has anyway. */
const PICTURE = readFileSync(new URL("../../docs/images/table.webp", import.meta.url));
const picture = { name: "Grüße & table.webp", mimeType: "image/webp", buffer: PICTURE };
const letter = { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear all") };

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

/** The place of a cell's file. */
function opened(page: Page) {
  return page.getByRole("dialog", { name: "proof" });
}

async function shows(page: Page, within: ReturnType<typeof opened>): Promise<void> {
  const image = within.getByRole("img", { name: picture.name });
  await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(100);
  await expect(page.getByRole("alert")).toHaveCount(0);
}

test("a file is put into a cell, looked at, saved, copied and removed", async ({ page }) => {
  sql("create table expense (id int primary key, what text); insert into expense values (1, 'train'), (2, 'hotel')");
  await world().open(page, world().tableUrl("pagila", "expense"));
  const grid = new Grid(page);
  await grid.chooseInColumnMenu("what", "Add column");
  const adding = dialog(page, "Add column");
  await field(adding, "Name").fill("proof");
  await field(adding, "Type").selectOption("jsonb");
  await adding.getByRole("checkbox", { name: "Each cell holds a file" }).check();
  await look(page, "file-column");
  await press(adding, "Add column");

  await grid.click(1, "proof");
  await page.keyboard.press("F2");
  await opened(page).getByLabel("Choose a file, or drop it here").setInputFiles(picture);
  await grid.expectCell(1, "proof", picture.name);
  await expect.poll(() => sql("select proof->>'uri' like 'file:%/Grüße & table.webp' from expense where id = 1")).toBe("t");
  const small = (await grid.cell(1, "proof")).getByRole("presentation");
  await expect.poll(() => small.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(10);

  await page.keyboard.press("Enter");
  await shows(page, opened(page));
  await look(page, "file-in-cell");
  const [saved] = await Promise.all([page.waitForEvent("download"), press(opened(page), "Download")]);
  expect(saved.suggestedFilename()).toBe(picture.name);
  expect(readFileSync(await saved.path()).equals(PICTURE)).toBe(true);
  await page.keyboard.press("Escape");

  // A copied cell leads to the same file.
  await grid.click(1, "proof");
  await page.keyboard.press("ControlOrMeta+c");
  await grid.click(2, "proof");
  await page.keyboard.press("ControlOrMeta+v");
  await grid.expectCell(2, "proof", picture.name);
  await expect.poll(() => sql("select count(distinct proof) from expense")).toBe("1");

  await page.keyboard.press("Enter");
  await opened(page).getByLabel("Choose another file").setInputFiles(letter);
  await grid.expectCell(2, "proof", "letter.txt");
  await page.keyboard.press("Enter");
  await press(opened(page), "Remove");
  await grid.expectCell(2, "proof", "");
  await expect.poll(() => sql("select proof is null from expense where id = 2")).toBe("t");
  await page.keyboard.press("ControlOrMeta+z");
  await grid.expectCell(2, "proof", "letter.txt");

  await grid.click(1, "what");
  await page.keyboard.press("Space");
  const record = page.getByRole("dialog").filter({ hasText: "expense" });
  await shows(page, record);
  await look(page, "file-in-record");
});

test("a file is sent by a form where that is allowed, and refused in words elsewhere", async ({ page, browser }) => {
  sql("create table claim (id int generated always as identity primary key, proof jsonb)");
  await world().open(page, world().tableUrl("pagila", "claim"));
  const [, database, table] = /\/db\/(\d+)\/.*\/tables\/(\d+)/.exec(page.url())!;
  const place = { database_id: Number(database), table_oid: Number(table) };
  await world().call("columns.metadata.set", { ...place, column_meta_data_list: [{ attnum: 2, file_backend: "default" }] });
  const form = await world().call<{ token: string }>("forms.add", {
    database_id: place.database_id,
    form_def: {
      name: "Claims", version: 1, schema_oid: Number(sql("select 'public'::regnamespace::oid")), base_table_oid: place.table_oid,
      publish_public: true, header_title: { text: "Claims" }, fields: [{ key: "proof", kind: "scalar_column", column_attnum: 2 }],
    },
  });
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(`${world().server.url}/shares/forms/${form.token}`);
  await visitor.getByLabel("Choose a file, or drop it here").setInputFiles(picture);
  await expect(visitor.getByRole("alert")).toContainText("Files cannot be sent by a form here");
  await look(visitor, "form-file-refused");

  await page.goto(`${world().server.url}/shares/forms/${form.token}`);
  await page.getByLabel("Choose a file, or drop it here").setInputFiles(picture);
  await expect(page.getByRole("link", { name: picture.name, exact: true }).last()).toBeVisible();
  await look(page, "form-file");
  await press(page, "Send");
  await expect(page.getByText("Thank you")).toBeVisible();
  expect(sql("select proof->>'uri' like '%.webp' from claim")).toBe("t");
});
