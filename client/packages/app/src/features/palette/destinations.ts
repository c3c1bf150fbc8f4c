import Compass from "@lucide/svelte/icons/compass";
import Database from "@lucide/svelte/icons/database";
import Folder from "@lucide/svelte/icons/folder";
import type { Component } from "svelte";
import { databaseLabel } from "$/data/names";
import { fetchRpc } from "$/data/query";
import { tableLooks } from "$/features/schema-objects/tableLooks";
import type { Route } from "$/router/routes";

/** A place that the palette can go to. */
export interface Destination {
  readonly id: string;
  readonly label: string;
  /** Where it is: its schema, its database. */
  readonly place: string;
  readonly icon: Component<{ size?: number }>;
  readonly route: Route;
}

/** Every database, and the schemas, tables and explorations of the one on show (of the only one, where there is no other). */
export async function loadDestinations(current: number | null): Promise<Destination[]> {
  const databases = await fetchRpc("databases.configured.list", {});
  const open = databases.find((each) => each.id === current) ?? (databases.length === 1 ? databases[0] : undefined);
  const inside = open?.accessible ? await insideDatabase(open.id) : [];
  const all = databases.map((each) => ({
    id: `database-${each.id}`,
    label: databaseLabel(each),
    place: "",
    icon: Database,
    route: { page: "database", database: each.id, tab: "schemas" } as const,
  }));
  return [...inside, ...all];
}

async function insideDatabase(database: number): Promise<Destination[]> {
  const [schemas, saved] = await Promise.all([
    fetchRpc("schemas.list", { database_id: database }),
    fetchRpc("explorations.list", { database_id: database }),
  ]);
  const groups = await Promise.all(
    schemas.map(async (schema) => {
      const tables = await fetchRpc("tables.list", { database_id: database, schema_oid: schema.oid });
      return tables.map((table) => ({
        id: `table-${table.oid}`,
        label: table.name,
        place: schema.name,
        icon: tableLooks[table.type].icon,
        route: { page: "table", database, schema: schema.oid, table: table.oid } as const,
      }));
    }),
  );
  const explorations = saved.map(({ id, name, schema_oid: schema }) => ({
    id: `exploration-${id}`,
    label: name,
    place: schemas.find((each) => each.oid === schema)?.name ?? "",
    icon: Compass,
    route: { page: "explorer", database, schema, exploration: id } as const,
  }));
  const schemaPlaces = schemas.map((schema) => ({
    id: `schema-${schema.oid}`,
    label: schema.name,
    place: "",
    icon: Folder,
    route: { page: "schema", database, schema: schema.oid } as const,
  }));
  return [...groups.flat(), ...explorations, ...schemaPlaces];
}
