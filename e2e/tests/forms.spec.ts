/** Forms: put together by who works in a database, filled in by somebody without an account. */

import { expect, test, type Page } from "@playwright/test";

import { dialog, field, notification, press } from "../support/app.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

const DESK = `
  create schema desk;
  create table desk.town (id int generated always as identity primary key, name text not null);
  create table desk.visit (
    id int generated always as identity primary key, name text not null, town int references desk.town, day date,
    seats int check (seats > 0), remarks text, since timestamptz default now()
  );
  insert into desk.town (name) values ('Zug');
`;

/** The names of the fields that are put together, from top to bottom. */
function fields(page: Page) {
  return page.getByRole("list", { name: "Fields", exact: true }).locator(":scope > li .open");
}

async function visit(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Tell us of your visit" })).toBeVisible();
}

test("a form is made, published, filled in without an account, and closed", async ({ page, browser }) => {
  sql(DESK);
  await world().open(page, world().schemaUrl("pagila", "desk"));
  await page.getByRole("tab", { name: "Forms" }).click();
  await press(page, "New form");
  const making = dialog(page, "New form");
  await field(making, "Table that gets the records").selectOption("visit");
  await field(making, "Name").fill("Visits");
  await look(page, "new-form");
  await press(making, "Create form");

  await expect(page.getByRole("heading", { name: "Visits", level: 1 })).toBeVisible();
  await expect(fields(page)).toHaveText(["name required", "town", "day", "seats", "remarks", "since"]);
  await press(page, "Remove since");
  // Whoever moves a field by keyboard stays on its button.
  await page.getByRole("button", { name: "Move seats up" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(fields(page)).toHaveText(["name required", "seats", "town", "day", "remarks"]);
  await expect(page.getByRole("button", { name: "Move seats up" })).toBeFocused();

  await fields(page).first().press("Enter");
  await field(page, "Label").fill("Your name");
  await field(page, "Help").fill("As on the invitation.");
  await fields(page).first().press("Enter");
  await fields(page).nth(2).press("Enter");
  await field(page, "Linked record").selectOption("Is chosen or added");
  await page.getByRole("group", { name: "Fields of a record that is added" }).getByRole("combobox", { name: "Add a field…" }).selectOption("name");
  await field(page, "Title").fill("Tell us of your visit");
  await field(page, "When it was sent").fill("See you soon.");
  await look(page, "form-builder");
  await press(page, "Save");
  await expect(notification(page, "Saved")).toBeVisible();

  const link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  const visitor = await (await browser.newContext()).newPage();
  await visitor.goto(link);
  await expect(visitor.getByRole("heading", { name: "No form here" })).toBeVisible();
  await look(visitor, "form-closed");
  await page.getByRole("checkbox", { name: "Public" }).check();
  await expect(page.getByRole("checkbox", { name: "Public" })).toBeEnabled();

  await visit(visitor, link);
  await press(visitor, "Send");
  await expect(field(visitor, "Your name")).toBeFocused();
  await expect(visitor.getByText("This has to be filled in.")).toBeVisible();
  await field(visitor, "Your name").fill("Eve");
  await field(visitor, "seats").fill("0");
  await visitor.getByRole("radio", { name: "Add a new one" }).check();
  await visitor.getByRole("group", { name: /^town/ }).getByRole("textbox", { name: "name" }).fill("Bern");
  await field(visitor, "day").fill("2024-02-29");
  await press(visitor, "Send");
  await expect(field(visitor, "seats")).toBeFocused();
  await expect(visitor.getByText("This value is not allowed here.")).toBeVisible();
  await look(visitor, "form");
  expect(sql("select count(*) from desk.town")).toBe("1");
  await field(visitor, "seats").fill("2");
  await press(visitor, "Send");
  await expect(visitor.getByText("See you soon.")).toBeVisible();
  await look(visitor, "form-sent");
  const rows = "select v.name, v.seats, t.name, v.day, v.since is not null from desk.visit v left join desk.town t on t.id = v.town order by v.id";
  expect(sql(rows)).toBe("Eve|2|Bern|2024-02-29|t");

  await press(visitor, "Fill it in again");
  await field(visitor, "Your name").fill("Bob");
  await visitor.getByRole("button", { name: "town: Choose…" }).press("Enter");
  await visitor.getByPlaceholder("Search records").fill("zu");
  await expect(visitor.getByRole("option")).toHaveText([/^Zug\s*1$/]);
  await visitor.keyboard.press("Enter");
  await press(visitor, "Send");
  await expect(visitor.getByText("See you soon.")).toBeVisible();
  expect(sql(`${rows} desc limit 1`)).toBe("Bob||Zug||t");

  await press(page, "New link");
  await press(dialog(page, "New link"), "New link");
  await expect(page.getByRole("textbox", { name: "Link", exact: true })).not.toHaveValue(link);
  await visitor.goto(link);
  await expect(visitor.getByRole("heading", { name: "No form here" })).toBeVisible();
  await visitor.context().close();
});

test("what somebody else saved meanwhile is not overwritten without a word", async ({ page, browser }) => {
  const open = async (who: Page) => {
    await world().open(who, `${world().schemaUrl("pagila", "desk")}/forms`);
    await who.getByRole("link", { name: "Visits" }).click();
    await expect(field(who, "Button")).toBeVisible();
  };
  const other = await (await browser.newContext()).newPage();
  await open(page);
  await open(other);
  await field(other, "Below the title").fill("By somebody else");
  await press(other, "Save");
  await expect(notification(other, "Saved")).toBeVisible();

  await field(page, "Button").fill("Send it");
  await press(page, "Save");
  const asked = dialog(page, "Somebody else has saved this form");
  await look(page, "form-outdated");
  await press(asked, "Cancel");
  await press(page, "Save");
  await press(asked, "Overwrite it");
  await expect(notification(page, "Saved")).toBeVisible();
  await other.reload();
  await expect(field(other, "Button")).toHaveValue("Send it");
  await expect(field(other, "Below the title")).toHaveValue("");
  await other.context().close();
});

test("forms are listed in their schema, and what is not saved is asked about", async ({ page }) => {
  await world().open(page, `${world().schemaUrl("pagila", "desk")}/forms`);
  await expect(page.getByRole("listitem").filter({ hasText: "Visits" })).toContainText("public");
  await look(page, "schema-forms");
  await page.getByRole("link", { name: "Visits" }).click();
  await field(page, "Button").fill("Off it goes");
  await expect(page.getByRole("region", { name: "Preview" }).getByRole("button", { name: "Off it goes" })).toBeVisible();
  await page.getByRole("navigation", { name: "Path" }).getByRole("link", { name: "desk" }).click();
  await press(dialog(page), "Stay here");
  await press(page, "Discard");
  await page.getByRole("navigation", { name: "Path" }).getByRole("link", { name: "desk" }).click();
  await page.getByRole("tab", { name: "Forms" }).click();
  await page.getByRole("button", { name: "More for Visits" }).click();
  await page.getByRole("menuitem", { name: "Delete form" }).click();
  await press(dialog(page, "Delete the form Visits?"), "Delete form");
  await expect(page.getByText("A form lets people without an account")).toBeVisible();
  expect(sql("select count(*) from desk.visit")).toBe("2");
});
