/** The documentation that the program carries: found from the menu, read and searched without asking anybody else. */

import { expect, test } from "@playwright/test";

import { chooseInUserMenu, enter } from "../support/app.ts";
import { look } from "../support/look.ts";
import { ADMIN, Server } from "../support/server.ts";

let server: Server;

test.beforeAll(async () => {
  server = await Server.withSuperuser({ MATHESAR_BASE_PATH: "/tables" });
});
test.afterAll(() => server?.dispose());

test("the documentation is read and searched", async ({ page }) => {
  const refused: string[] = [];
  page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
  page.on("request", (request) => !/^data:|^blob:/.test(request.url()) && !request.url().startsWith(server.url) && refused.push(request.url()));

  await enter(page, `${server.url}/tables/`, ADMIN);
  refused.length = 0;
  await chooseInUserMenu(page, "Documentation");
  await expect(page.getByRole("heading", { name: "Introduction" })).toBeVisible();
  await look(page, "documentation");

  // Key by key: the search of these pages listens to keys, and `fill` presses none.
  await page.getByRole("textbox", { name: "Search" }).pressSequentially("websocket");
  await page.getByRole("dialog", { name: "Search" }).getByText("Behind a reverse proxy").click();
  await expect(page.getByRole("heading", { name: "nginx" })).toBeVisible();
  await page.getByRole("navigation").getByRole("link", { name: "Environment variables" }).click();
  await page.getByRole("link", { name: "MATHESAR_DATA_DIR" }).click();
  await expect(page).toHaveURL(/\/tables\/docs\/reference\/settings\.html#data_dir$/);
  expect(refused).toEqual([]);
});
