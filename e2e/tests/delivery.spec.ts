/** How the interface gets into the browser: in parts, under any path, and across updates of the server. */

import { expect, test, type Page } from "@playwright/test";

import { enter, signIn } from "../support/app.ts";
import { look } from "../support/look.ts";
import { ADMIN, Server } from "../support/server.ts";

let server: Server;

test.beforeAll(async () => {
  server = await Server.withSuperuser({ MATHESAR_BASE_PATH: "/tools/sheets" });
});

test.afterAll(() => server.dispose());

/** What the page complains about; a policy that is broken is told on the console. */
function complaintsOf(page: Page): string[] {
  const found: string[] = [];
  page.on("console", (message) => message.type() === "error" && found.push(message.text()));
  page.on("pageerror", (error) => found.push(error.message));
  return found;
}

test("below a path, every page arrives in its parts and obeys the policy", async ({ page }) => {
  const complaints = complaintsOf(page);
  const scripts = new Set<string>();
  page.on("response", (response) => response.url().endsWith(".js") && scripts.add(new URL(response.url()).pathname));
  await page.goto(`${server.url}/tools/sheets/administration/users`);
  await signIn(page, ADMIN);
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
  for (const [path, heading] of [["", "Databases"], ["databases/connect", "Connect a database"], ["profile", "Your account"]]) {
    await page.goto(`${server.url}/tools/sheets/${path}`);
    await expect(page.getByRole("heading", { level: 1 }).first(), heading).toBeVisible();
  }
  expect([...scripts].filter((path) => !path.startsWith("/tools/sheets/assets/"))).toEqual([]);
  expect(scripts.size).toBeGreaterThan(10);
  expect(complaints).toEqual([]);
});

test("whoever does not take Brotli gets the same files", async ({ request }) => {
  const page = await (await request.get(`${server.url}/tools/sheets/`)).text();
  const names = [...page.matchAll(/assets\/[^"]+\.(?:js|css)/g)].map(([name]) => name);
  expect(names.length).toBeGreaterThan(1);
  for (const name of names) {
    const url = `${server.url}/tools/sheets/${name}`;
    const packed = await request.get(url, { headers: { "accept-encoding": "gzip, br" } });
    const plain = await request.get(url, { headers: { "accept-encoding": "identity" } });
    expect([packed.headers()["content-encoding"], plain.headers()["content-encoding"]]).toEqual(["br", undefined]);
    expect(await plain.text()).toBe(await packed.text());
    const known = { "accept-encoding": "br", "if-none-match": packed.headers()["etag"]! };
    expect((await request.get(url, { headers: known })).status()).toBe(304);
  }
});

test("the page before sign-in fetches only what it needs", async ({ page }) => {
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(request.url()));
  // The frame is fetched when the browser is idle, which is not before the page shows.
  await page.addInitScript(() => (window.requestIdleCallback = () => 0));
  await page.goto(`${server.url}/tools/sheets/`);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(fetched.filter((url) => /Shell|TablePage|widgets|HomePage/.test(url))).toEqual([]);
});

test("a page of an older build says that it must be reloaded", async ({ page }) => {
  await enter(page, `${server.url}/tools/sheets/`, ADMIN);
  // As after an update: parts of the old build are gone, and the page that is served names another script.
  await page.route("**/assets/UsersPage*.js", (route) => route.fulfill({ status: 404, body: "There is no such file." }));
  await page.route(
    (url) => url.pathname.endsWith("/tools/sheets/"),
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll(/assets\/index-[^"]*\.js/g, "assets/index-new.js") });
    },
  );
  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByRole("menuitem", { name: "Users" }).click();
  const notice = page.getByRole("alert").filter({ hasText: "Mathesar was updated" });
  await expect(notice).toBeVisible();
  await look(page, "updated");
  await page.unrouteAll();
  await notice.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
});

test("a part that a lost connection kept away comes when it is back", async ({ page, context }) => {
  await enter(page, `${server.url}/tools/sheets/`, ADMIN);
  await page.route("**/assets/UsersPage*.js", (route) => route.abort());
  await context.route((url) => url.pathname.endsWith("/tools/sheets/"), (route) => route.abort());
  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByRole("menuitem", { name: "Users" }).click();
  const notice = page.getByRole("alert").filter({ has: page.getByRole("button", { name: "Try again" }) });
  await expect(notice).toBeVisible();
  await page.unrouteAll();
  await context.unrouteAll();
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Users" })).toBeVisible();
});
