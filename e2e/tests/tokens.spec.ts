/** Tokens for programs, made and revoked in the profile, and the original's schemas when a database is disconnected. */

import { expect, test, type Page } from "@playwright/test";

import { dialog, field, notification, press } from "../support/app.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("chinook");

/** Calls a method with a token; gives the error's words, or nothing. */
async function refusal(token: string, method: string, params: object): Promise<string | undefined> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(`${world().server.url}/api/rpc/v0/`, { method: "POST", headers, body });
  const answer = (await response.json()) as { error?: { message: string } };
  return answer.error?.message;
}

async function openTokens(page: Page): Promise<void> {
  await world().open(page);
  await page.goto(`${world().server.url}/profile`);
  await page.getByRole("tab", { name: "API tokens" }).click();
}

test("a token is made with the keyboard, shown once, used, and revoked", async ({ page }) => {
  await openTokens(page);
  await expect(page.getByRole("heading", { name: "No tokens yet" })).toBeVisible();
  await look(page, "tokens-none");
  await page.getByRole("button", { name: "New token" }).press("Enter");
  const making = dialog(page, "New token");
  await expect(making.getByRole("button", { name: "Make token" })).toBeDisabled();
  await page.keyboard.type("Nightly report");
  await field(making, "Methods").fill("records.* session.get");
  await making.getByRole("checkbox", { name: "All databases" }).press("Space");
  await expect(making.getByRole("button", { name: "Make token" })).toBeDisabled();
  await making.getByRole("checkbox", { name: "chinook" }).press("Space");
  await look(page, "token-new");
  await field(making, "Name").press("Enter");
  await expect(making).toBeHidden();

  const token = (await page.getByLabel("Token", { exact: true }).textContent())!;
  expect(token).toMatch(/^mathesar_[\w-]{43}$/);
  await look(page, "token-made");
  expect(await refusal(token, "session.get", {})).toBeUndefined();
  expect(await refusal(token, "users.list", {})).toContain("may not call users.list");
  await page.reload();
  await expect(page.getByText("Nightly report")).toBeVisible();
  await expect(page.getByText("Read only · records.*, session.get · chinook")).toBeVisible();
  await expect(page.getByText(/^last used /)).toBeVisible();
  await expect(page.locator("body")).not.toContainText(token);
  await look(page, "tokens");

  await press(page, "Revoke Nightly report");
  await press(dialog(page, "Revoke the token Nightly report?"), "Revoke");
  await expect(notification(page, "Nightly report revoked")).toBeVisible();
  expect(await refusal(token, "session.get", {})).toContain("revoked");
});

test("a token that is revoked at once is not shown any longer", async ({ page }) => {
  await openTokens(page);
  await press(page, "New token");
  await field(dialog(page, "New token"), "Name").fill("Mistake");
  await press(dialog(page, "New token"), "Make token");
  await expect(page.getByLabel("Token", { exact: true })).toBeVisible();
  await press(page, "Revoke Mistake");
  await press(dialog(page, "Revoke the token Mistake?"), "Revoke");
  await expect(page.getByLabel("Token", { exact: true })).toBeHidden();
});

test("what is wrong with a token is said and nothing is lost", async ({ page }) => {
  await openTokens(page);
  await press(page, "New token");
  const making = dialog(page, "New token");
  await field(making, "Name").fill("Slip");
  await field(making, "Methods").fill("record.*");
  await press(making, "Make token");
  await expect(making.getByRole("alert")).toContainText("methods[0]");
  await expect(field(making, "Name")).toHaveValue("Slip");
});

test("the original's schemas go with a disconnected database when that is asked", async ({ page }) => {
  const { postgres } = world();
  postgres.run("chinook", "create schema msar; create schema mathesar_types; create domain mathesar_types.email as text");
  await world().open(page);
  await page.getByRole("link", { name: "chinook" }).first().click();
  await expect(page.getByRole("tabpanel").getByRole("link", { name: "public" })).toBeVisible();
  await expect(page.getByRole("link", { name: "msar" })).toHaveCount(0);
  await page.getByRole("tab", { name: "Settings" }).click();
  await press(page, "Disconnect");
  const forgetting = dialog(page, "Disconnect chinook?");
  await expect(forgetting.getByText("The schemas mathesar_types, msar.")).toBeVisible();
  await forgetting.getByRole("checkbox", { name: "Also remove what the original Mathesar installed" }).press("Space");
  await look(page, "disconnect-original");
  await press(forgetting, "Disconnect");
  await expect(notification(page, "chinook disconnected")).toBeVisible();
  expect(postgres.run("chinook", "select count(*) from pg_namespace where nspname in ('msar', 'mathesar_types')").trim()).toBe("0");
});
