/** Everything that PostgreSQL shows rows of: edited where that is possible, and with the reason where it is not. */

import { expect, test, type Page } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { notification } from "../support/app.ts";
import { Grid } from "../support/grid.ts";
import { look } from "../support/look.ts";
import { PASSWORD, ROLE } from "../support/postgres.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("chinook");

function sql(statement: string): string {
  return world().postgres.run("chinook", statement).trimEnd();
}

async function open(page: Page, table: string): Promise<Grid> {
  await world().open(page, world().tableUrl("chinook", table));
  const grid = new Grid(page);
  await expect(grid.root).toBeVisible();
  return grid;
}

/** A cell that cannot be written says why when somebody tries. */
async function expectReadOnly(page: Page, grid: Grid, column: string, reason: RegExp): Promise<void> {
  await grid.click(1, column);
  await page.keyboard.press("F2");
  await expect(notification(page, reason).first()).toBeVisible();
  await expect(page.getByRole("textbox", { name: column, exact: true })).toHaveCount(0);
}

test("a partitioned table is edited, also when the row moves to another partition", async ({ page }) => {
  sql(`create table visits (id integer, day date, who text, primary key (id, day)) partition by range (day);
       create table visits_2023 partition of visits for values from ('2023-01-01') to ('2024-01-01');
       create table visits_2024 partition of visits for values from ('2024-01-01') to ('2025-01-01');
       insert into visits values (1, '2023-05-01', 'Ann'), (2, '2024-05-01', 'Bob')`);
  const grid = await open(page, "visits");
  await grid.expectCount("2 rows");
  await grid.edit(1, "who", "Annabel");
  await expect.poll(() => sql("select who from visits_2023")).toBe("Annabel");
  await grid.edit(1, "day", "2024-06-01");
  await expect.poll(() => sql("select count(*) from visits_2024")).toBe("2");
  await grid.press("Control+z");
  await expect.poll(() => sql("select count(*) from visits_2024")).toBe("1");
  await expect(page.getByRole("navigation").getByRole("link", { name: "visits_2024" })).toBeVisible();
  await look(page, "partitioned");
});

test("a view that shows the key of its table is written like the table", async ({ page }) => {
  sql("create view songs as select name, track_id, upper(name) as loud from track where track_id <= 10");
  const view = await open(page, "songs");
  await view.expectCount("10 rows");
  await view.edit(1, "name", "Hallo");
  await expect.poll(() => sql("select count(*) from track where name = 'Hallo'")).toBe("1");
  await view.press("Control+z");
  await expect.poll(() => sql("select count(*) from track where name = 'Hallo'")).toBe("0");
  await expectReadOnly(page, view, "loud", /view computes/i);
  await look(page, "view-written");
});

test("views of several tables and materialised views are read, and say why they are not written", async ({ page }) => {
  sql(`create view loud as select track_id, upper(t.name) as name from track as t left join genre as g using (genre_id);
       create materialized view kept as select genre_id, count(*) as tracks from track group by 1`);
  const view = await open(page, "loud");
  await view.expectCount("3,503 rows");
  await expectReadOnly(page, view, "name", /view/i);
  await expect(page.getByRole("button", { name: "Insert row" })).toHaveCount(0);
  await look(page, "view");
  await page.getByRole("navigation").getByRole("link", { name: "kept" }).click();
  await expect(view.header("tracks")).toBeVisible();
  await view.expectCount("25 rows");
  await expectReadOnly(page, view, "tracks", /materiali[sz]ed view/i);
});

test("a table of another server is read, and takes new rows", async ({ page }) => {
  const port = String(world().postgres.port);
  sql(`create extension postgres_fdw;
       create schema far_side;
       create table far_side.planets (id integer primary key, name text);
       insert into far_side.planets values (1, 'Mercury');
       create server itself foreign data wrapper postgres_fdw options (host '127.0.0.1', port '${port}', dbname 'chinook');
       create user mapping for current_user server itself options (user '${ROLE}', password '${PASSWORD.replaceAll("'", "''")}');
       create foreign table planets (id integer not null, name text) server itself options (schema_name 'far_side')`);
  const grid = await open(page, "planets");
  await grid.expectCell(1, "name", "Mercury");
  await expectReadOnly(page, grid, "name", /foreign table/i);
  await page.getByRole("button", { name: "Insert row" }).click();
  await page.keyboard.type("2");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Venus");
  await page.keyboard.press("Enter");
  await expect.poll(() => sql("select name from far_side.planets where id = 2")).toBe("Venus");
  await look(page, "foreign-table");
});

test("a table over a file is read, and its refusals are PostgreSQL's own", async ({ page }) => {
  const file = join(tmpdir(), `mathesar-planets-${process.pid}.csv`);
  writeFileSync(file, "1,Mercury\n2,Venus\n", { mode: 0o644 });
  sql(`create extension file_fdw;
       create server files foreign data wrapper file_fdw;
       create foreign table on_disk (id integer, name text) server files options (filename '${file}', format 'csv')`);
  const grid = await open(page, "on_disk");
  await grid.expectCount("2 rows");
  await grid.expectCell(2, "name", "Venus");
  await expectReadOnly(page, grid, "name", /foreign table/i);
});

test("records behind a table in between are shown beside a row, linked with it and taken away again", async ({ page }) => {
  sql("delete from playlist_track where track_id in (1, 2); insert into playlist_track values (1, 1)");
  const grid = await open(page, "track");
  await page.getByRole("button", { name: "Columns" }).click();
  const panel = page.getByRole("dialog", { name: "Columns shown" });
  await panel.getByRole("checkbox", { name: "playlist" }).check();
  await expect(grid.header("playlist"), "it comes into sight").toBeInViewport();
  for (const column of ["composer", "milliseconds", "bytes", "unit_price"]) {
    await panel.getByRole("checkbox", { name: column }).uncheck();
  }
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/linked=\d+\.\d+\.\d+/);
  await grid.expectCell(1, "playlist", "Music");
  await grid.expectCell(2, "playlist", "");

  await grid.click(1, "playlist");
  await page.keyboard.press("Enter");
  const list = page.getByRole("dialog", { name: "playlist" });
  await expect(list.getByRole("checkbox").first()).toBeChecked();
  await look(page, "linked-records");
  await list.getByRole("textbox", { name: "Search records" }).fill("grunge");
  await list.getByRole("checkbox", { name: "Grunge" }).check();
  await expect.poll(() => sql("select count(*) from playlist_track where track_id = 1")).toBe("2");
  await expect(list.getByRole("checkbox", { name: "Grunge" })).toBeEnabled();
  await list.getByRole("textbox", { name: "Search records" }).fill("");
  await list.getByRole("checkbox", { name: "Music", exact: true }).first().uncheck();
  await expect.poll(() => sql("select count(*) from playlist_track where track_id = 1")).toBe("1");
  await page.keyboard.press("Escape");
  await grid.expectCell(1, "playlist", "Grunge");

  await grid.edit(1, "name", "Renamed");
  await expect.poll(() => sql("select count(*) from track where name = 'Renamed'")).toBe("1");
  await grid.expectCell(1, "playlist", "Grunge");

  await page.reload();
  await grid.expectCell(1, "playlist", "Grunge");
  await grid.chooseInColumnMenu("playlist", "Hide column");
  await expect(page).not.toHaveURL(/linked=/);
  await expect(page.getByRole("columnheader", { name: "playlist" })).toHaveCount(0);
});
