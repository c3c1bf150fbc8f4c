/** Databases of one's own and databases that exist already. */

import { expect, test, type Page } from "@playwright/test";

import { chooseInMenuOf, dialog, field, press } from "../support/app.ts";
import { look } from "../support/look.ts";
import { PASSWORD, ROLE } from "../support/postgres.ts";
import { freePort } from "../support/system.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld();

test("a new database with samples, and its end", { tag: "@one-process" }, async ({ page }) => {
  await world().open(page);
  await page.getByRole("link", { name: "Create a database" }).click();
  await field(page, "Name").fill('My "first" data');
  const samples = page.getByRole("group", { name: /^Sample data/ }).getByRole("checkbox");
  expect(await samples.count()).toBeGreaterThan(0);
  for (const sample of await samples.all()) await sample.check();
  await look(page, "create-database");
  await press(page, "Create");
  await expect(page.getByRole("heading", { name: 'My "first" data' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/\d+ schemas/)).toBeVisible();
  await look(page, "database");

  await page.getByRole("link", { name: "Home" }).click();
  await look(page, "home");
  await chooseInMenuOf(page, 'My "first" data', "Delete database");
  const dropping = dialog(page, /^Delete the database/);
  await expect(dropping.getByRole("button", { name: "Delete database" })).toBeDisabled();
  await dropping.getByRole("textbox").fill('My "first" data');
  await look(page, "drop-database");
  await press(dropping, "Delete database");
  await expect(page.getByText("Start with a database").or(page.getByRole("link", { name: "chinook" })).first()).toBeVisible();
  await expect(page.getByRole("link", { name: 'My "first" data' })).toHaveCount(0);
});

test("an existing database by its parts: renamed, then forgotten, and still there", async ({ page }) => {
  await openConnect(page);
  await fillIn(page, {});
  await press(page, "Test");
  await expect(page.getByText(/It works: PostgreSQL 18/)).toBeVisible();
  await look(page, "connect-works");
  await field(page, "Nickname").fill("The music shop");
  await press(page, "Connect");
  await expect(page.getByRole("heading", { name: "The music shop" })).toBeVisible();
  await expect(page.getByText(`You work as ${ROLE}`)).toBeVisible();

  await page.getByRole("tab", { name: "Settings" }).click();
  await look(page, "database-settings");
  await field(page, "Nickname").fill("Tunes");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByRole("heading", { name: "Tunes" })).toBeVisible();

  await press(page, "Disconnect");
  await press(dialog(page, "Disconnect Tunes?"), "Disconnect");
  await expect(page.getByRole("heading", { name: "Databases" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Tunes" })).toHaveCount(0);
  expect(world().postgres.run("chinook", "select count(*) from track").trim()).toBe("3503");
});

for (const database of ["northwind", "pagila"]) {
  test(`an existing database by a pasted address: ${database}`, async ({ page, context }) => {
    await openConnect(page);
    const address = `postgres://${ROLE}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${world().postgres.port}/${database}`;
    await page.evaluate((text) => navigator.clipboard.writeText(text), address);
    await field(page, "Address").focus();
    await page.keyboard.press("Control+v");
    await expect(field(page, "Database name")).toHaveValue(database);
    await expect(field(page, "Password")).toHaveValue(PASSWORD);
    await expect(field(page, "Address")).toHaveValue("");
    await press(page, "Connect");
    await expect(page.getByRole("heading", { name: database })).toBeVisible();
    await page.getByRole("tabpanel").getByRole("link", { name: "public" }).click();
    await expect(page.getByRole("link", { name: database === "pagila" ? "film" : "customers" }).last()).toBeVisible();
    await context.clearCookies();
  });
}

test("connections that fail say what is wrong and where", async ({ page }) => {
  await openConnect(page);
  const nothing = String(await freePort());
  const cases: { given: Record<string, string>; at: RegExp; says: RegExp }[] = [
    { given: { Password: "wrong" }, at: /^Password/, says: /password/i },
    // Inside a container, 127.0.0.1 is the container itself, and the host is what to look at.
    { given: { Port: nothing }, at: /^(Host|Port)$/, says: new RegExp(nothing) },
    { given: { "Database name": "no such" }, at: /^Database name$/, says: /no such/ },
    { given: { Host: "nowhere.invalid" }, at: /^Host$/, says: /nowhere\.invalid/ },
    { given: { Encryption: "require" }, at: /^Encryption$/, says: /does not offer encrypted connections/ },
  ];
  for (const { given, at, says } of cases) {
    await fillIn(page, given);
    await press(page, "Connect");
    const atFault = page.locator("[aria-invalid=true]");
    await expect(atFault).toHaveAccessibleDescription(says);
    await expect(atFault).toHaveAccessibleName(at);
    await expect(page.getByRole("button", { name: "Connect", exact: true })).toBeEnabled();
  }
  await look(page, "connect-fails");
});

async function openConnect(page: Page): Promise<void> {
  await world().open(page, `${world().server.url}/databases/connect`);
}

/** Fills in what works, but for what is given otherwise. */
async function fillIn(page: Page, given: Record<string, string>): Promise<void> {
  const { Encryption = "prefer", ...texts } = given;
  const working = { Host: "127.0.0.1", Port: String(world().postgres.port), "Database name": "chinook", Role: ROLE, Password: PASSWORD };
  for (const [label, value] of Object.entries({ ...working, ...texts })) await field(page, label).fill(value);
  await field(page, "Encryption").selectOption(Encryption);
}
