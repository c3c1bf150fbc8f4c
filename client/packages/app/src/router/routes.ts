/** Every page of the application and its address. */

export type DatabaseTab = "schemas" | "collaborators" | "roles" | "settings";
export type ProfileTab = "account" | "password" | "sessions" | "appearance";

export type Route =
  | { readonly page: "home" }
  | { readonly page: "setup" }
  | { readonly page: "create-database" }
  | { readonly page: "connect-database" }
  | { readonly page: "database"; readonly database: number; readonly tab: DatabaseTab }
  | { readonly page: "schema"; readonly database: number; readonly schema: number }
  | { readonly page: "import"; readonly database: number; readonly schema: number }
  | { readonly page: "table"; readonly database: number; readonly schema: number; readonly table: number }
  | { readonly page: "append"; readonly database: number; readonly schema: number; readonly table: number }
  | {
      readonly page: "record";
      readonly database: number;
      readonly schema: number;
      readonly table: number;
      readonly record: string;
    }
  | { readonly page: "profile"; readonly tab: ProfileTab }
  | { readonly page: "users" }
  | { readonly page: "not-found" };

const databaseTabs: readonly string[] = ["schemas", "collaborators", "roles", "settings"] satisfies DatabaseTab[];
const profileTabs: readonly string[] = ["account", "password", "sessions", "appearance"] satisfies ProfileTab[];

/** The path of a route below the base, without a leading slash. */
export function pathOf(route: Route): string {
  switch (route.page) {
    case "home":
    case "not-found":
      return "";
    case "setup":
      return "setup";
    case "create-database":
      return "databases/create";
    case "connect-database":
      return "databases/connect";
    case "database":
      return route.tab === "schemas" ? `db/${route.database}` : `db/${route.database}/${route.tab}`;
    case "schema":
      return schemaPath(route);
    case "import":
      return `${schemaPath(route)}/import`;
    case "table":
      return tablePath(route);
    case "append":
      return `${tablePath(route)}/import`;
    case "record":
      return `${tablePath(route)}/records/${encodeURIComponent(route.record)}`;
    case "profile":
      return route.tab === "account" ? "profile" : `profile/${route.tab}`;
    case "users":
      return "administration/users";
  }
}

function schemaPath({ database, schema }: { database: number; schema: number }): string {
  return `db/${database}/schemas/${schema}`;
}

function tablePath(place: { database: number; schema: number; table: number }): string {
  return `${schemaPath(place)}/tables/${place.table}`;
}

/** The route of a path below the base; `not-found` for every path that no page has. */
export function routeOf(path: string): Route {
  const parts = path.split("/").filter(Boolean);
  return fixedRoute(parts.join("/")) ?? profileRoute(parts) ?? databaseRoute(parts) ?? { page: "not-found" };
}

function fixedRoute(path: string): Route | null {
  switch (path) {
    case "":
      return { page: "home" };
    case "setup":
      return { page: "setup" };
    case "databases/create":
      return { page: "create-database" };
    case "databases/connect":
      return { page: "connect-database" };
    case "administration/users":
      return { page: "users" };
    default:
      return null;
  }
}

function profileRoute([head, tab = "account", ...rest]: readonly string[]): Route | null {
  if (head !== "profile" || rest.length > 0 || !profileTabs.includes(tab)) return null;
  return { page: "profile", tab: tab as ProfileTab };
}

function databaseRoute(parts: readonly string[]): Route | null {
  const [head, databaseText, section = "schemas", schemaText, ...rest] = parts;
  const database = wholeNumber(databaseText);
  if (head !== "db" || database === null || !databaseTabs.includes(section)) return null;
  if (schemaText === undefined) return { page: "database", database, tab: section as DatabaseTab };
  const schema = wholeNumber(schemaText);
  if (section !== "schemas" || schema === null) return null;
  return insideSchema(database, schema, rest);
}

function insideSchema(database: number, schema: number, rest: readonly string[]): Route | null {
  const [section, tableText, subsection, record, ...more] = rest;
  if (section === undefined) return { page: "schema", database, schema };
  if (section === "import" && tableText === undefined) return { page: "import", database, schema };
  const table = wholeNumber(tableText);
  if (section !== "tables" || table === null || more.length > 0) return null;
  if (subsection === undefined) return { page: "table", database, schema, table };
  if (subsection === "import" && record === undefined) return { page: "append", database, schema, table };
  if (subsection !== "records" || record === undefined) return null;
  return { page: "record", database, schema, table, record: decodeURIComponent(record) };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
