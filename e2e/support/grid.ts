/** The grid of a table page, as its users see it: rows count from 1, columns have names. */

import { expect, type Locator, type Page } from "@playwright/test";

export class Grid {
  readonly root: Locator;

  constructor(private readonly page: Page) {
    this.root = page.getByRole("grid", { name: "Rows of the table" });
  }

  header(column: string): Locator {
    return this.root.getByRole("columnheader").filter({ has: this.page.getByText(column, { exact: true }) });
  }

  /** Names of the columns on screen, from left to right. */
  async columns(): Promise<string[]> {
    // All at once, since the grid may begin anew meanwhile.
    const found = await this.root.getByRole("columnheader").evaluateAll((headers) =>
      headers.map((header) => ({
        place: Number(header.getAttribute("aria-colindex")),
        name: header.querySelector(".grid-column-name")?.textContent,
      })),
    );
    const sorted = found.sort((a, b) => a.place - b.place);
    return sorted.flatMap(({ name }) => name ?? []);
  }

  async cell(row: number, column: string): Promise<Locator> {
    const place = await this.header(column).getAttribute("aria-colindex");
    return this.root.locator(`[role=row][aria-rowindex="${row + 1}"] [role=gridcell][aria-colindex="${place}"]:not([hidden])`);
  }

  async expectCell(row: number, column: string, text: string | RegExp): Promise<void> {
    // Looked for anew each time, since the column may be on its way to another place.
    const shows = async () => expect(await this.cell(row, column), `row ${row}, ${column}`).toHaveText(text, { timeout: 1000 });
    await expect(shows).toPass({ timeout: 10_000 });
  }

  async click(row: number, column: string): Promise<void> {
    await (await this.cell(row, column)).click();
  }

  /** Opens the cell's editor and replaces its text. */
  async edit(row: number, column: string, text: string): Promise<void> {
    await this.click(row, column);
    await this.page.keyboard.press("F2");
    const editor = this.page.getByRole("textbox", { name: column, exact: true });
    await editor.or(this.page.getByRole("combobox", { name: column, exact: true })).fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Selects from one cell to another by dragging. */
  async drag(from: [row: number, column: string], to: [row: number, column: string]): Promise<void> {
    await (await this.cell(...from)).hover();
    await this.page.mouse.down();
    await (await this.cell(...to)).hover();
    await this.page.mouse.up();
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async chooseInColumnMenu(column: string, item: string): Promise<void> {
    await this.header(column).hover();
    await this.root.getByRole("button", { name: `Menu of column ${column}`, exact: true }).click();
    await this.page.getByRole("menuitem", { name: item, exact: true }).click();
  }

  /** What the status bar says about the number of rows. */
  async expectCount(text: string | RegExp): Promise<void> {
    await expect(this.page.getByRole("status").filter({ hasText: /rows$/ })).toHaveText(text);
  }

  /** Rows on screen must be those that their numbers promise, in a table whose column `id` counts up from 1. */
  async expectIdsToMatchRows(): Promise<void> {
    await expect.poll(() => this.mismatches(), "every row shows the id of its number").toEqual([]);
  }

  private async mismatches(): Promise<string[]> {
    const rows = await this.numbers("id");
    return rows.flatMap(({ number, shown }) =>
      number > 1_000_000 || shown === String(number) ? [] : [`${number}: ${shown}`],
    );
  }

  /** The rows on screen from top to bottom: their numbers, what stands before them, and a column's digits. */
  async numbers(column: string): Promise<{ number: number; label: string; shown: string }[]> {
    const place = await this.header(column).getAttribute("aria-colindex");
    const rows = await this.root.evaluate((root, colindex) => {
      const rows = [...root.querySelectorAll("[role=row][aria-rowindex]:not([hidden])")].slice(1);
      return rows.map((row) => ({
        number: Number(row.getAttribute("aria-rowindex")) - 1,
        label: row.querySelector(".grid-row-number")?.textContent ?? "",
        shown: (row.querySelector(`[role=gridcell][aria-colindex="${colindex}"]`)?.textContent ?? "").replaceAll(",", ""),
      }));
    }, place);
    return rows.sort((a, b) => a.number - b.number);
  }
}
