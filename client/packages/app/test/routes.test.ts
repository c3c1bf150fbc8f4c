import { describe, expect, it } from "vitest";
import { pathOf, routeOf, type Route } from "$/router/routes";

const routes: Route[] = [
  { page: "home" },
  { page: "setup" },
  { page: "create-database" },
  { page: "connect-database" },
  { page: "users" },
  { page: "profile", tab: "account" },
  { page: "profile", tab: "sessions" },
  { page: "database", database: 3, tab: "schemas" },
  { page: "database", database: 3, tab: "roles" },
  { page: "database", database: 3, tab: "settings" },
  { page: "schema", database: 3, schema: 2200 },
  { page: "explorations", database: 3, schema: 2200 },
  { page: "explorer", database: 3, schema: 2200, exploration: null },
  { page: "explorer", database: 3, schema: 2200, exploration: 7 },
  { page: "import", database: 3, schema: 2200 },
  { page: "table", database: 3, schema: 2200, table: 16384 },
  { page: "explore-table", database: 3, schema: 2200, table: 16384 },
  { page: "forms", database: 3, schema: 2200 },
  { page: "form", database: 3, schema: 2200, form: 7 },
  { page: "shared-form", token: "0b9b3c1e-7a5e-4c9f-8d2a-3f1e5d7c9b10" },
  { page: "record", database: 3, schema: 2200, table: 16384, record: 'a/b {"x"}?' },
];

describe("routes", () => {
  it.each(routes)("finds $page again by its address", (route) => {
    expect(routeOf(pathOf(route))).toEqual(route);
  });

  it.each([
    "nowhere",
    "db/x",
    "db/1/other",
    "db/1/schemas/2/explorations/x",
    "db/1/schemas/2/tables",
    "db/1/schemas/2/tables/3/records",
    "profile/x",
    "db/1/schemas/2/forms/x",
    "shares/forms",
  ])("knows no page at %s", (path) => {
    expect(routeOf(path)).toEqual({ page: "not-found" });
  });

  it("takes a trailing slash as the original writes it", () => {
    expect(routeOf("db/1/schemas/2/tables/3/")).toEqual({ page: "table", database: 1, schema: 2, table: 3 });
  });
});
