/** Every page of the application and its address. */

export type DatabaseTab = "schemas" | "collaborators" | "roles" | "settings";
export type ProfileTab = "account" | "password" | "sessions" | "tokens" | "appearance";

export type Route =
  | { readonly page: "home" }
  | { readonly page: "setup" }
  | { readonly page: "create-database" }
  | { readonly page: "connect-database" }
  | { readonly page: "database"; readonly database: number; readonly tab: DatabaseTab }
  | { readonly page: "schema"; readonly database: number; readonly schema: number }
  | { readonly page: "explorations"; readonly database: number; readonly schema: number }
  | {
      readonly page: "explorer";
      readonly database: number;
      readonly schema: number;
      /** Null for one that is not saved yet. */
      readonly exploration: number | null;
    }
  | { readonly page: "import"; readonly database: number; readonly schema: number }
  | { readonly page: "table"; readonly database: number; readonly schema: number; readonly table: number }
  | { readonly page: "append"; readonly database: number; readonly schema: number; readonly table: number }
  | { readonly page: "explore-table"; readonly database: number; readonly schema: number; readonly table: number }
  | {
      readonly page: "record";
      readonly database: number;
      readonly schema: number;
      readonly table: number;
      readonly record: string;
    }
  | { readonly page: "forms"; readonly database: number; readonly schema: number }
  | { readonly page: "form"; readonly database: number; readonly schema: number; readonly form: number }
  | { readonly page: "shared-form"; readonly token: string }
  | { readonly page: "profile"; readonly tab: ProfileTab }
  | { readonly page: "users" }
  | { readonly page: "not-found" };

const databaseTabs: readonly string[] = ["schemas", "collaborators", "roles", "settings"] satisfies DatabaseTab[];
const profileTabs: readonly string[] = [
  "account",
  "password",
  "sessions",
  "tokens",
  "appearance",
] satisfies ProfileTab[];

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
    case "explorations":
      return `${schemaPath(route)}/explorations`;
    case "explorer":
      return `${schemaPath(route)}/${route.exploration === null ? "data-explorer" : `explorations/${route.exploration}`}`;
    case "import":
      return `${schemaPath(route)}/import`;
    case "table":
      return tablePath(route);
    case "explore-table":
      return `${tablePath(route)}/explore`;
    case "append":
      return `${tablePath(route)}/import`;
    case "record":
      return `${tablePath(route)}/records/${encodeURIComponent(route.record)}`;
    case "forms":
      return `${schemaPath(route)}/forms`;
    case "form":
      return `${schemaPath(route)}/forms/${route.form}`;
    case "shared-form":
      return `shares/forms/${encodeURIComponent(route.token)}`;
    case "profile":
      return route.tab === "account" ? "profile" : `profile/${route.tab}`;
    case "users":
      return "administration/users";
  }
}

function schemaPath({ database, schema }: { database: number; schema: number }): string {
  return `db/${database}/schemas/${schema}`;
}

function tablePath(place: TablePlace): string {
  return `${schemaPath(place)}/tables/${place.table}`;
}

/** The route of a path below the base; `not-found` for every path that no page has. */
export function routeOf(path: string): Route {
  const parts = path.split("/").filter(Boolean);
  return (
    fixedRoute(parts.join("/")) ??
    sharedRoute(parts) ??
    profileRoute(parts) ??
    databaseRoute(parts) ?? { page: "not-found" }
  );
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

/** What people without an account are sent the address of. */
function sharedRoute([head, kind, token, ...rest]: readonly string[]): Route | null {
  if (head !== "shares" || kind !== "forms" || token === undefined || rest.length > 0) return null;
  return { page: "shared-form", token: decodeURIComponent(token) };
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
  const [section, number, ...deeper] = rest;
  if (section === undefined) return { page: "schema", database, schema };
  if (number === undefined) return listIn(section, database, schema);
  const id = wholeNumber(number);
  if (id === null) return null;
  if (section === "tables") return insideTable({ database, schema, table: id }, deeper);
  if (deeper.length > 0) return null;
  if (section === "forms") return { page: "form", database, schema, form: id };
  return section === "explorations" ? { page: "explorer", database, schema, exploration: id } : null;
}

function listIn(section: string, database: number, schema: number): Route | null {
  switch (section) {
    case "import":
      return { page: "import", database, schema };
    case "explorations":
      return { page: "explorations", database, schema };
    case "forms":
      return { page: "forms", database, schema };
    case "data-explorer":
      return { page: "explorer", database, schema, exploration: null };
    default:
      return null;
  }
}

type TablePlace = { readonly database: number; readonly schema: number; readonly table: number };

function insideTable(place: TablePlace, [subsection, record, ...more]: readonly string[]): Route | null {
  if (more.length > 0) return null;
  if (subsection === undefined) return { page: "table", ...place };
  if (record !== undefined) {
    return subsection === "records" ? { page: "record", ...place, record: decodeURIComponent(record) } : null;
  }
  if (subsection === "import") return { page: "append", ...place };
  return subsection === "explore" ? { page: "explore-table", ...place } : null;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
