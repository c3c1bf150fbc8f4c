/** From the first start to a second person at work. */

import { expect, test, type Page } from "@playwright/test";

import { chooseInUserMenu, dialog, enter, field, press, signIn, signOut, userMenu } from "../support/app.ts";
import { look } from "../support/look.ts";
import { ADMIN, Server } from "../support/server.ts";

const SECOND = { username: "zoë", password: "first-password-9" };
const CHANGED = "a much better passphrase";

// One story: each test goes on where the one before it ended.
test.describe.configure({ mode: "serial" });

let server: Server;

test.beforeAll(async () => {
  server = await Server.fresh();
});
test.afterAll(() => server?.dispose());

test("the link of the terminal creates the first account, once", async ({ page, context }) => {
  await page.goto(server.url);
  await expect(page.getByRole("heading", { name: "Almost there" })).toBeVisible();
  await expect(page.getByText(/setup-link/)).toBeVisible();
  await look(page, "setup-without-token");

  const link = await server.setupLink();
  await openAfresh(page, link);
  await expect(page.getByRole("heading", { name: "Create the first account" })).toBeVisible();
  await look(page, "setup");

  await field(page, "User name").fill(ADMIN.username);
  await field(page, "Password").fill("password");
  await press(page, "Create account");
  await expect(page.getByRole("alert")).toBeVisible();
  await field(page, "Password").fill(ADMIN.password);
  await press(page, "Create account");
  await expect(page.getByRole("heading", { name: "Databases" })).toBeVisible();
  await look(page, "home-empty");

  await context.clearCookies();
  await openAfresh(page, link);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Create account" })).toHaveCount(0);
});

test("signing out and in, a wrong password, another password", async ({ page }) => {
  await page.goto(server.url);
  await look(page, "sign-in");
  await signIn(page, { ...ADMIN, password: "wrong" });
  await expect(page.getByRole("alert")).toContainText("You are not signed in");
  await signIn(page, ADMIN);
  await expect(userMenu(page)).toBeVisible();

  await chooseInUserMenu(page, "Change password");
  await changePassword(page, "not the present one", CHANGED);
  await expect(page.getByRole("alert")).toContainText("The present password is wrong");
  await field(page, "Present password").fill(ADMIN.password);
  await press(page, "Change password");
  await expect(page.getByText("Password changed.")).toBeVisible();

  await signOut(page);
  await signIn(page, ADMIN);
  await expect(page.getByRole("alert")).toContainText("You are not signed in");
  await signIn(page, { ...ADMIN, password: CHANGED });
  await expect(userMenu(page)).toBeVisible();
});

test("the theme is kept with the account", async ({ page, browser }) => {
  await enter(page, server.url, { ...ADMIN, password: CHANGED });
  await chooseInUserMenu(page, "Profile");
  await look(page, "profile");
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.getByRole("tab", { name: "Appearance" }).click();
  await page.getByRole("radio", { name: "Light" }).check();
  const light = await background();
  const stored = page.waitForResponse((response) => response.request().postData()?.includes('"theme":"dark"') ?? false);
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect.poll(background).not.toBe(light);
  await stored;

  const elsewhere = await browser.newPage({ colorScheme: "light" });
  await enter(elsewhere, server.url, { ...ADMIN, password: CHANGED });
  await expect.poll(() => elsewhere.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(light);
  await elsewhere.close();
  await page.getByRole("radio", { name: "Like the system" }).check();
});

test("a second person must choose a password, and works under a role of PostgreSQL", { tag: "@one-process" }, async ({ page, browser }) => {
  await enter(page, server.url, { ...ADMIN, password: CHANGED });
  await page.getByRole("link", { name: "Create a database" }).click();
  await field(page, "Name").fill("shared");
  await press(page, "Create");
  await expect(page.getByRole("heading", { name: "shared" })).toBeVisible({ timeout: 30_000 });

  await addUser(page);
  await storeRole(page, "reader", "reader's \"own\" pass\\word");
  await page.getByRole("button", { name: "Add collaborator" }).click();
  const adding = dialog(page, "Add collaborator");
  await field(adding, "User").selectOption({ label: SECOND.username });
  await field(adding, "PostgreSQL role").selectOption({ label: "reader" });
  await look(page, "add-collaborator");
  await press(adding, "Add collaborator");
  await expect(page.getByRole("row", { name: SECOND.username })).toBeVisible();
  await look(page, "collaborators");

  const elsewhere = await browser.newContext();
  const second = await elsewhere.newPage();
  await second.goto(server.url);
  await signIn(second, SECOND);
  await expect(second.getByRole("heading", { name: "Choose a new password" })).toBeVisible();
  await look(second, "choose-password");
  await changePassword(second, SECOND.password, CHANGED);
  await second.getByRole("link", { name: "shared" }).first().click();
  await expect(second.getByText("You work as reader")).toBeVisible();
  await expect(second.getByRole("button", { name: "New schema" })).toHaveCount(0);
  await userMenu(second).click();
  await expect(second.getByRole("menuitem", { name: "Users" })).toHaveCount(0);
  await elsewhere.close();
});

/** A one-time link differs from the page on screen only behind `#`, which alone would not load anything. */
async function openAfresh(page: Page, link: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(link);
}

async function changePassword(page: Page, present: string, next: string): Promise<void> {
  await field(page, "Present password").fill(present);
  await field(page, "New password").fill(next);
  await field(page, "New password again").fill(next);
  await press(page, "Change password");
}

async function addUser(page: Page): Promise<void> {
  await chooseInUserMenu(page, "Users");
  await page.getByRole("button", { name: "Add user" }).click();
  const adding = dialog(page, "Add user");
  await field(adding, "User name").fill(SECOND.username);
  await field(adding, "First password").fill(SECOND.password);
  await look(page, "add-user");
  await press(adding, "Add user");
  await expect(page.getByRole("row", { name: SECOND.username })).toContainText("Member");
  await look(page, "users");
}

async function storeRole(page: Page, role: string, password: string): Promise<void> {
  await page.getByRole("link", { name: "shared" }).first().click();
  await page.getByRole("tab", { name: "Collaborators" }).click();
  await page.getByRole("button", { name: "Store a role" }).click();
  const storing = dialog(page, "Store a role");
  await field(storing, "Role").fill(role);
  await field(storing, "Password").fill(password);
  await storing.getByLabel("Create this role first").check();
  await press(storing, "Save");
  await expect(storing).toBeHidden();
}
