/** Roles of PostgreSQL, what they are granted, and who owns what. */

import { expect, test, type Locator, type Page } from "@playwright/test";

import { chooseInMenuOf, dialog, field, notification, press } from "../support/app.ts";
import { look } from "../support/look.ts";
import { ROLE } from "../support/postgres.ts";
import { useWorld } from "../support/world.ts";

const world = useWorld("pagila");

/** A name that must be quoted in SQL. */
const team = 'Film.team "A"';

function sql(statement: string): string {
  return world().postgres.run("pagila", statement).trimEnd();
}

function level(within: Locator, role: string): Locator {
  return within.getByRole("combobox", { name: `Rights of ${role}`, exact: true });
}

async function openRoles(page: Page): Promise<void> {
  await world().open(page);
  await page.getByRole("link", { name: "pagila" }).first().click();
  await page.getByRole("tab", { name: "Roles" }).click();
}

test("roles are made, joined, and deleted once nothing needs them", async ({ page }) => {
  sql("create role ann; create role bob");
  await openRoles(page);
  await press(page, "New role");
  const making = dialog(page, "New role");
  await field(making, "Name").fill(team);
  await press(making, "Show SQL");
  await expect(making.getByLabel("SQL")).toContainText('CREATE ROLE "Film.team ""A""" NOSUPERUSER NOLOGIN');
  await look(page, "new-role");
  await press(making, "Create role");

  await chooseInMenuOf(page, team, "Members");
  const members = dialog(page, `Members of ${team}`);
  await expect(members.getByRole("button", { name: "Save" })).toBeDisabled();
  await members.getByRole("checkbox", { name: "ann" }).press("Space");
  await members.getByRole("checkbox", { name: "bob" }).press("Space");
  await look(page, "role-members");
  await press(members, "Save");
  await expect(page.getByRole("row", { name: team })).toContainText("ann, bob");
  await look(page, "roles");
  await chooseInMenuOf(page, team, "Members");
  await members.getByRole("checkbox", { name: "bob" }).uncheck();
  await press(members, "Save");
  await expect(page.getByRole("row", { name: team })).not.toContainText("bob");
  expect(sql(`select member::regrole from pg_auth_members where roleid = '"Film.team ""A"""'::regrole`)).toBe("ann");

  sql(`grant select on film to "Film.team ""A"""`);
  await chooseInMenuOf(page, team, "Delete role");
  const dropping = dialog(page, `Delete the role ${team}?`);
  await expect(dropping.getByRole("button", { name: "Delete role" })).toBeDisabled();
  await dropping.getByRole("textbox").fill(team);
  await press(dropping, "Delete role");
  await expect(dropping.getByRole("alert")).toContainText("privileges for table film");
  await look(page, "drop-role");
  sql(`revoke select on film from "Film.team ""A"""`);
  await press(dropping, "Delete role");
  await expect(notification(page, `Role ${team} deleted`)).toBeVisible();
  await expect(page.getByRole("row", { name: team })).toHaveCount(0);
  expect(sql(`select count(*) from pg_roles where rolname = 'Film.team "A"'`)).toBe("0");
});

test("a role is given a level on a table, then single rights, then nothing", async ({ page }) => {
  sql("create role reader");
  await world().open(page, world().schemaUrl("pagila", "public"));
  await chooseInMenuOf(page, "film", "Permissions");
  const permissions = dialog(page, "Permissions of film");
  await expect(permissions).toContainText(`Owner: ${ROLE}`);
  await field(permissions, "Give rights to another role").selectOption("reader");
  await press(permissions, "Add");
  await level(permissions, "reader").selectOption("Write");
  await press(permissions, "Show SQL");
  await expect(permissions.getByLabel("SQL")).toContainText("GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE public.film TO reader");
  await look(page, "permissions");
  await press(permissions, "Save");
  await expect(notification(page, "Saved")).toBeVisible();
  expect(rightsOn("film")).toBe("reader=arwd");

  await chooseInMenuOf(page, "film", "Permissions");
  await expect(level(permissions, "reader")).toHaveValue("write");
  await level(permissions, "reader").selectOption("Custom");
  await expect(permissions.getByRole("button", { name: "Save" })).toBeDisabled();
  await permissions.getByRole("checkbox", { name: "TRIGGER" }).press("Space");
  await permissions.getByRole("checkbox", { name: "DELETE" }).press("Space");
  await look(page, "permissions-custom");
  await press(permissions, "Save");
  await expect.poll(() => rightsOn("film")).toBe("reader=arwt");

  await chooseInMenuOf(page, "film", "Permissions");
  await level(permissions, "reader").selectOption("Nothing granted");
  await press(permissions, "Save");
  await expect.poll(() => rightsOn("film")).toBe("");
});

test("a role is given rights on single columns, and is told of what others granted", async ({ page }) => {
  sql("create role \"Col.Reader\"; create role lender; grant select on film to \"Col.Reader\"");
  await world().open(page, world().schemaUrl("pagila", "public"));
  await chooseInMenuOf(page, "film", "Permissions");
  await press(dialog(page, "Permissions of film"), "Single columns");
  const columns = dialog(page, "Permissions on columns of film");
  await field(columns, "Role").selectOption("Col.Reader");
  await expect(columns).toContainText("Col.Reader has SELECT on the whole table");
  await expect(columns.getByRole("button", { name: "Save" })).toBeDisabled();
  await rightOn(columns, "title", "UPDATE").press("Space");
  await rightOn(columns, "length", "UPDATE").press("Space");
  await columns.getByRole("searchbox", { name: "Find a column" }).fill("TITL");
  await expect(columns.getByRole("group")).toHaveCount(1);
  await rightOn(columns, "title", "INSERT").press("Space");
  await columns.getByRole("searchbox", { name: "Find a column" }).fill("");
  await press(columns, "Show SQL");
  await expect(columns.getByLabel("SQL")).toContainText(
    'GRANT INSERT (title), UPDATE (title, length) ON TABLE public.film TO "Col.Reader"',
  );
  await look(page, "column-permissions");
  await press(columns, "Save");
  await expect(notification(page, "Saved")).toBeVisible();
  expect(columnRightsOn("film")).toBe("length Col.Reader=w, title Col.Reader=aw");

  sql("grant select (title) on film to lender with grant option");
  sql("set role lender; grant select (title) on film to \"Col.Reader\"");
  await press(dialog(page, "Permissions of film"), "Single columns");
  await expect(field(columns, "Role").locator("option:checked")).toHaveText("Col.Reader (2 columns)");
  await rightOn(columns, "title", "SELECT").uncheck();
  await rightOn(columns, "length", "UPDATE").uncheck();
  await press(columns, "Save");
  await expect(columns.getByRole("alert")).toContainText('"lender" granted it and can take it back. Nothing was changed.');
  await look(page, "column-permissions-refused");
  await rightOn(columns, "title", "SELECT").check();
  await press(columns, "Save");
  await expect.poll(() => columnRightsOn("film")).toBe("title Col.Reader=aw, title lender=r*, title Col.Reader=r");
  sql('drop owned by "Col.Reader", lender cascade');
});

test("what is made later is given to others at once, as was said in a schema and in a database", async ({ page }) => {
  sql('create role "Later.Reader"; create schema "Made later"');
  await world().open(page);
  await page.getByRole("link", { name: "pagila" }).first().click();
  await chooseInMenuOf(page, "Made later", "Permissions");
  await press(dialog(page, "Permissions of Made later"), "What is made later");
  const later = dialog(page, "Permissions on what is made later in Made later");
  await expect(later).toContainText("Nothing is set here.");
  await expect(field(later, "Who makes it").locator("option:checked")).toHaveText(ROLE);
  await field(later, "Give rights to another role").selectOption("Later.Reader");
  await press(later, "Add");
  await level(later, "Later.Reader").selectOption("Write");
  await press(later, "Show SQL");
  await expect(later.getByLabel("SQL")).toContainText(
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${ROLE} IN SCHEMA "Made later" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "Later.Reader"`,
  );
  await look(page, "default-permissions");
  await press(later, "Save");
  await expect(notification(page, "Saved")).toBeVisible();
  sql('create table "Made later".t (id int)');
  expect(rightsOn('"Made later".t')).toBe('"Later.Reader"=arwd');
  await press(dialog(page, "Permissions of Made later"), "What is made later");
  await expect(later).toContainText(
    `Tables that ${ROLE} makes here later are given to Later.Reader: SELECT, INSERT, UPDATE, DELETE`,
  );
  await look(page, "default-permissions-set");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");

  await press(page, "Permissions");
  await press(dialog(page, "Permissions of pagila"), "What is made later");
  const anywhere = dialog(page, "Permissions on what is made later in pagila");
  await field(anywhere, "What is made").selectOption("Functions");
  await expect(level(anywhere, "everybody (PUBLIC)")).toHaveValue("execute");
  await level(anywhere, "everybody (PUBLIC)").selectOption("Nothing granted");
  await press(anywhere, "Save");
  await expect.poll(() => sql("select count(*) from pg_default_acl where defaclnamespace = 0 and defaclobjtype = 'f'")).toBe("1");
  await press(dialog(page, "Permissions of pagila"), "What is made later");
  await expect(anywhere).toContainText(`Functions that ${ROLE} makes here later are not open to everybody.`);
  await field(anywhere, "What is made").selectOption("Functions");
  await level(anywhere, "everybody (PUBLIC)").selectOption("Execute");
  await press(anywhere, "Save");
  await expect.poll(() => sql("select count(*) from pg_default_acl where defaclnamespace = 0")).toBe("0");

  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Roles" }).click();
  await chooseInMenuOf(page, "Later.Reader", "What it can reach");
  const reach = dialog(page, "What Later.Reader can reach");
  await expect(reach).toContainText(`Tables that ${ROLE} makes in Made later`);
  await reach.getByRole("heading", { name: "On what is made later" }).scrollIntoViewIfNeeded();
  await look(page, "role-reach-later");
  sql('drop schema "Made later" cascade; drop owned by "Later.Reader"');
});

test("it is explained what a role can reach, and by what", async ({ page }) => {
  sql(`
    create role "Deep.Reader" noinherit; create role writers; create role seers;
    grant writers, seers to "Deep.Reader"; grant pg_read_all_data to seers;
    create schema "Back office"; create table "Back office".salary (id int, pay int);
    grant insert, delete on country to writers; grant update (title, length) on film to "Deep.Reader";
    grant select on "Back office".salary, store, city to "Deep.Reader";
    alter table store enable row level security; create policy "Own stores" on store for select using (store_id = 1);
    alter table city enable row level security;
    grant usage on schema public to "Deep.Reader"`);
  await openRoles(page);
  await chooseInMenuOf(page, "Deep.Reader", "What it can reach");
  const reach = dialog(page, "What Deep.Reader can reach");
  const table = (name: string) => reach.getByRole("listitem").filter({ has: page.getByRole("link", { name, exact: true }) });
  await expect(table("film")).toContainText("UPDATE of the columns title, length");
  await expect(table("country")).toContainText(
    /INSERT, DELETE\s*as a member of writers, to which it was granted, only after SET ROLE writers/,
  );
  await expect(table("actor")).toContainText("as a member of pg_read_all_data, which may do that everywhere, by way of seers");
  await expect(table("salary")).toContainText("Of no use without USAGE of the schema.");
  await expect(table("store")).toContainText("Own stores (SELECT)");
  await expect(table("city")).toContainText("no policy lets it meet any row");
  await look(page, "role-reach");
  await reach.getByRole("searchbox", { name: "Find a table or schema" }).fill("STOR");
  await expect(reach.getByRole("link")).toHaveText([/sales_by_store/, /store/]);
  await reach.getByRole("searchbox", { name: "Find a table or schema" }).fill("salary");
  await reach.getByRole("checkbox", { name: "Only what it can reach at once" }).press("Space");
  await expect(reach.getByText("Nothing found.")).toBeVisible();
  await reach.getByRole("searchbox", { name: "Find a table or schema" }).fill("film");
  await table("film").getByRole("link").press("Enter");
  await expect(page.getByRole("grid")).toBeVisible();
  sql('drop schema "Back office" cascade; drop owned by "Deep.Reader", writers, seers; drop policy "Own stores" on store');
  sql('alter table store disable row level security; alter table city disable row level security');
});

test("a database and a schema change their owner", async ({ page }) => {
  sql('create role "New Owner" createdb; create schema "Lent out"');
  await world().open(page);
  await page.getByRole("link", { name: "pagila" }).first().click();
  await press(page, "Permissions");
  await transfer(page, "pagila", "New Owner", "permissions-transfer");
  await expect.poll(() => sql("select datdba::regrole from pg_database where datname = 'pagila'")).toBe('"New Owner"');

  await chooseInMenuOf(page, "Lent out", "Permissions");
  await transfer(page, "Lent out", "New Owner");
  await expect.poll(() => sql("select nspowner::regrole from pg_namespace where nspname = 'Lent out'")).toBe('"New Owner"');
  await chooseInMenuOf(page, "Lent out", "Permissions");
  await expect(dialog(page, "Permissions of Lent out")).toContainText("Owner: New Owner");
});

test("who does not own a table sees its permissions and changes nothing", async ({ page }) => {
  const guest = { username: "guest", password: "somebody who only looks" };
  await world().addCollaborator(guest, "guest");
  sql("grant usage on schema public to guest; grant select on actor to guest");
  await page.goto(world().tableUrl("pagila", "actor"));
  await field(page, "User name").fill(guest.username);
  await field(page, "Password").fill(guest.password);
  await press(page, "Sign in");
  await press(page, "Show or hide the inspector");
  await page.getByRole("tab", { name: "Table" }).click();
  await press(page, "Permissions");
  const permissions = dialog(page, "Permissions of actor");
  await expect(level(permissions, "guest")).toHaveValue("read");
  await expect(level(permissions, "guest")).toBeDisabled();
  await expect(permissions.getByText("Only the owner changes this.")).toBeVisible();
  await expect(permissions.getByRole("button", { name: "Transfer ownership" })).toHaveCount(0);
  await look(page, "permissions-not-owner");
});

async function transfer(page: Page, name: string, role: string, shot?: string): Promise<void> {
  await press(dialog(page, `Permissions of ${name}`), "Transfer ownership");
  const transferring = dialog(page, `Transfer ownership of ${name}?`);
  await expect(transferring.getByRole("button", { name: "Transfer ownership" })).toBeDisabled();
  await field(transferring, "New owner").selectOption(role);
  if (shot) await look(page, shot);
  await press(transferring, "Transfer ownership");
  await expect(notification(page, `${name} belongs to ${role}`)).toBeVisible();
}

function rightOn(within: Locator, column: string, right: string): Locator {
  return within.getByRole("group", { name: `Rights on ${column}`, exact: true }).getByRole("checkbox", { name: right });
}

/** What was granted on columns, as PostgreSQL abbreviates it. */
function columnRightsOn(table: string): string {
  const granted = `select attname || ' ' || replace(split_part(item::text, '/', 1), '"', '') as "right", place
    from pg_attribute, unnest(attacl) with ordinality as each (item, place) where attrelid = '${table}'::regclass`;
  return sql(`select string_agg("right", ', ' order by split_part("right", ' ', 1), place) from (${granted}) as g`);
}

/** What others than the owner were granted, as PostgreSQL abbreviates it. */
function rightsOn(table: string): string {
  const granted = `select split_part(item::text, '/', 1) from pg_class, unnest(relacl) as item where oid = '${table}'::regclass`;
  return sql(`${granted} and item::text not like '${ROLE}=%'`);
}
