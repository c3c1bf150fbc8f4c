/** Looks at a page as the contract of every page asks: no accessibility violations, light and dark, wide and narrow. */

import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../screenshots");

/** Checks the page with axe in both themes and leaves screenshots of it at both widths. */
export async function look(page: Page, name: string): Promise<void> {
  // Four thorough checks take their time, which is not the test's.
  test.setTimeout(test.info().timeout + 40_000);
  const before = page.viewportSize();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: resolve(folder, `${name}-${theme}-${width}.png`), animations: "disabled" });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.map((n) => n.target.join(" ")).join("\n  ")}`);
      expect.soft(found, `accessibility of ${name}, ${theme}, ${width} px`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}
