/** Materialised views. */

import { expect, test } from "@playwright/test";

import { dialog, notification, press } from "../support/app.ts";
import { look } from "../support/look.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

test("a materialised view is refreshed where it is looked at", async ({ page }) => {
  sql("create table hour (id int); insert into hour values (1); create materialized view hours as select id from hour");
  sql("create unique index on hours (id); insert into hour values (2)");
  await world().open(page, world().tableUrl("pagila", "hours"));
  await expect(page.getByText("1 row", { exact: true })).toBeVisible();
  await press(page, "Show or hide the inspector");
  await press(page.getByRole("complementary", { name: "Inspector" }), "Refresh");
  const refreshing = dialog(page, "Refresh hours?");
  await press(refreshing, "Show SQL");
  await expect(refreshing.getByLabel("SQL")).toContainText("REFRESH MATERIALIZED VIEW CONCURRENTLY public.hours");
  await look(page, "refresh-view");
  await press(refreshing, "Refresh");
  await expect(notification(page, "hours refreshed")).toBeVisible();
  await expect(page.getByText("2 rows", { exact: true })).toBeVisible();
});
