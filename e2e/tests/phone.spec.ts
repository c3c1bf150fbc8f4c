/** Every page in the hand: nothing sticks out of the screen, and what is to be touched is large enough for a finger. */

import { expect, test, type Page } from "@playwright/test";

import { enter, press } from "../support/app.ts";
import { ADMIN } from "../support/server.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("chinook");

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

/** Pixels, by the Web Content Accessibility Guidelines, 2.5.5. */
const FINGER = 44;

/** What sticks out of the page, and what is too small to touch. */
async function flaws(page: Page): Promise<string[]> {
  return page.evaluate((finger) => {
    const name = (element: Element) =>
      `${element.tagName.toLowerCase()}.${element.classList[0] ?? ""} “${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 30)}”`;
    // Inside of what scrolls by itself, such as rows of a table, more may be wide.
    const scrolls = (element: Element): boolean =>
      element.parentElement !== null &&
      (getComputedStyle(element.parentElement).overflowX !== "visible" || scrolls(element.parentElement));
    const found: string[] = [];
    for (const element of document.querySelectorAll("body *")) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || getComputedStyle(element).visibility === "hidden" || element.closest(".visually-hidden, .skip")) continue;
      if (box.right > innerWidth + 1 && !scrolls(element)) found.push(`sticks out to ${Math.round(box.right)}: ${name(element)}`);
      const touched = element.matches("button, select, textarea, [role=tab], [role=menuitem], input:not([type=checkbox], [type=radio], [type=file])");
      if (touched && !element.closest(".grid") && box.height < finger - 1) found.push(`only ${Math.round(box.height)} high: ${name(element)}`);
    }
    for (const region of document.querySelectorAll("main, main .scroll")) {
      if (region.scrollWidth > region.clientWidth + 1 && !region.closest("[role=region]")) found.push(`scrolls sideways: ${name(region)}`);
    }
    return found;
  }, FINGER);
}

async function expectFlawless(page: Page, what: string): Promise<void> {
  await expect.poll(() => flaws(page), what).toEqual([]);
}

test("pages", async ({ page }) => {
  const { url } = world().server;
  await page.goto(url);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expectFlawless(page, "sign-in");
  await enter(page, url, ADMIN);
  const paths = ["", "databases/create", "databases/connect", "administration/users", "profile", "profile/password", "profile/sessions", "profile/tokens", "profile/appearance", "db/1", "db/1/collaborators", "db/1/settings", "nowhere"];
  for (const path of paths) {
    await page.goto(`${url}/${path}`);
    await expect(page.getByRole("main").getByRole("heading").first()).toBeVisible();
    await expectFlawless(page, `/${path}`);
  }
});

test("a schema and an import", async ({ page }) => {
  await enter(page, world().schemaUrl("chinook", "public"), ADMIN);
  await expect(page.getByRole("link", { name: "album" })).toBeVisible();
  await expectFlawless(page, "schema");
  await page.getByRole("button", { name: "New table" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectFlawless(page, "new table");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Import a file" }).click();
  await page.getByRole("textbox").fill("Id,A name that is rather long,Price\n1,Ann,1.5\n2,Bob with an even longer name,none\n");
  await press(page, "Use this text");
  await expect(page.getByRole("heading", { name: "First rows" })).toBeVisible();
  await expectFlawless(page, "import");
  await page.screenshot({ path: "screenshots/import-phone.png", fullPage: true });
});

test("a table, its panels and a record", async ({ page }) => {
  const url = world().tableUrl("chinook", "track");
  await enter(page, url, ADMIN);
  await expect(page.getByRole("grid")).toBeVisible();
  await expectFlawless(page, "table");
  for (const [button, panel] of [["Filter", "Filter"], ["Sort", "Sort"], ["Columns", "Columns shown"]] as const) {
    await page.getByRole("toolbar").getByRole("button", { name: button }).click();
    await expect(page.getByRole("dialog", { name: panel })).toBeVisible();
    await expectFlawless(page, panel);
    await page.keyboard.press("Escape");
  }
  await press(page, "Show or hide the inspector");
  await expect(page.getByRole("complementary")).toBeVisible();
  await expectFlawless(page, "inspector");
  await press(page, "Close");
  await press(page, "Show or hide the sidebar");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectFlawless(page, "sidebar");
  await page.goto(`${url}/records/1`);
  await expect(page.getByLabel("composer", { exact: true })).toBeVisible();
  await expectFlawless(page, "record");
  await page.screenshot({ path: "screenshots/record-phone.png", fullPage: true });
});

test("a form and those who fill it in", async ({ page }) => {
  const { postgres, server } = world();
  const [schema, table] = postgres.run("chinook", "select relnamespace, oid from pg_class where oid = 'track'::regclass").trim().split("|").map(Number);
  const field = (key: string, column_attnum: number) => ({ key, kind: "scalar_column", column_attnum, label: `${key} with a label of some length` });
  postgres.run("chinook", "alter table track add scan jsonb");
  const scan = Number(postgres.run("chinook", "select max(attnum) from pg_attribute where attrelid = 'track'::regclass").trim());
  await world().call("columns.metadata.set", { database_id: 1, table_oid: table, column_meta_data_list: [{ attnum: scan, file_backend: "default" }] });
  const form_def = {
    name: "Tracks", schema_oid: schema, base_table_oid: table, publish_public: true, header_title: { text: "Tell us of a track" },
    fields: [field("name", 2), field("milliseconds", 7), field("scan", scan)],
  };
  const { id, token } = await world().call<{ id: number; token: string }>("forms.add", { database_id: 1, form_def });
  await enter(page, `${world().schemaUrl("chinook", "public")}/forms/${id}`, ADMIN);
  await expect(page.getByRole("heading", { name: "Preview" })).toBeVisible();
  await expectFlawless(page, "the form's builder");
  await page.goto(`${server.url}/shares/forms/${token}`);
  await expect(page.getByRole("heading", { name: "Tell us of a track" })).toBeVisible();
  await expectFlawless(page, "the form");
  await page.screenshot({ path: "screenshots/form-phone.png", fullPage: true });
});

test("an exploration", async ({ page }) => {
  await enter(page, `${world().tableUrl("chinook", "track")}/explore`, ADMIN);
  const builder = page.getByRole("region", { name: "How it is built" });
  await press(builder, "Add columns");
  await press(builder, "genre");
  await expect(builder.getByRole("list").getByText("playlist_track")).toBeVisible();
  await expectFlawless(page, "the tree of columns");
  await press(builder, "Add columns");
  for (const [step, part] of [["Filter", "Condition"], ["Sort", "Add a column"], ["Hide columns", null], ["Limit the rows", null], ["Summarise", "Add a computed column"]] as const) {
    await press(builder, "Add a step");
    await page.getByRole("menuitem", { name: step }).click();
    if (part) await press(builder.getByRole("listitem", { name: step }), part);
  }
  await expectFlawless(page, "steps");
  await page.screenshot({ path: "screenshots/explorer-phone.png" });
  await press(page, "How it is built");
  await expect(page.getByRole("grid")).toBeVisible();
  await expectFlawless(page, "the result");
});
