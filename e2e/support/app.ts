/** What people do all over the application, in their words. */

import { expect, type Locator, type Page } from "@playwright/test";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Fills in the sign-in form that is on screen. */
export async function signIn(page: Page, { username, password }: Credentials): Promise<void> {
  await field(page, "User name").fill(username);
  await field(page, "Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Opens an address, signing in on the way. */
export async function enter(page: Page, url: string, who: Credentials): Promise<void> {
  await page.goto(url);
  await signIn(page, who);
  await expect(userMenu(page)).toBeVisible();
}

export async function signOut(page: Page): Promise<void> {
  await chooseInUserMenu(page, "Sign out");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

export function userMenu(page: Page): Locator {
  return page.getByRole("button", { name: /^Account of / });
}

export async function chooseInUserMenu(page: Page, item: string): Promise<void> {
  await userMenu(page).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

/** Opens the "…" of something and chooses from it. */
export async function chooseInMenuOf(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `More for ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

/** The field with this label; what follows the label, as "(optional)", does not matter. */
export function field(within: Page | Locator, label: string): Locator {
  const pattern = label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return within.getByLabel(new RegExp(`^${pattern}(\\s*\\(.*\\))?$`));
}

export function dialog(page: Page, title?: string | RegExp): Locator {
  return page.getByRole("dialog", title === undefined ? {} : { name: title });
}

export async function press(within: Page | Locator, button: string): Promise<void> {
  await within.getByRole("button", { name: button, exact: true }).click();
}

/** What the application reports in its corner. */
export function notification(page: Page, text: string | RegExp): Locator {
  return page.getByRole("region", { name: "Notifications" }).getByText(text);
}
