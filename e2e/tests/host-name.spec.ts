/** The setup link opened under a name that no setting lists, as on a fresh server. */

import { expect, test } from "@playwright/test";

import { field, press } from "../support/app.ts";
import { look } from "../support/look.ts";
import { ADMIN, Server } from "../support/server.ts";

const NAME = "tables.example";

test.use({ launchOptions: async ({ launchOptions }, use) =>
  use({ ...launchOptions, args: [...(launchOptions.args ?? []), `--host-resolver-rules=MAP ${NAME} 127.0.0.1`] }) });

let server: Server;

test.beforeAll(async () => {
  server = await Server.fresh();
});
test.afterAll(() => server?.dispose());

test("the name is confirmed with the link, and the first account is created under it", async ({ page }) => {
  const here = (await server.setupLink()).replace("127.0.0.1", NAME);
  await page.goto(here.split("#")[0]!);
  await expect(page.getByRole("heading", { name: `Is “${NAME}” your name for this Mathesar?` })).toBeVisible();
  await look(page, "host-name");
  await page.getByLabel("Setup link").fill("guess");
  await press(page, `Yes, allow “${NAME}”`);
  await expect(page.getByRole("alert")).toContainText("This setup link is wrong");

  await page.goto("about:blank");
  await page.goto(here);
  await expect(page.getByLabel("Setup link")).toBeHidden();
  expect(page.url()).not.toContain("token");
  await press(page, `Yes, allow “${NAME}”`);
  await expect(page.getByRole("heading", { name: "Create the first account" })).toBeVisible();
  await field(page, "User name").fill(ADMIN.username);
  await field(page, "Password").fill(ADMIN.password);
  await press(page, "Create account");
  await expect(page.getByRole("heading", { name: "Databases" })).toBeVisible();

  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByRole("menuitem", { name: "Licences" }).click();
  await expect(page.getByRole("heading", { name: "Licences" })).toBeVisible();
  await page.getByText("PostgreSQL (server)").click();
  await expect(page.getByText("IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA").first()).toBeVisible();
  await look(page, "licences");
});
