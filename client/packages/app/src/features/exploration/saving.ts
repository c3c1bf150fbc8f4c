/** Keeps explorations on the server. */

import type { ExplorationDef, ExplorationInfo } from "@mathesar/api";
import { call } from "$/data/client";
import { refresh } from "$/data/query";

export interface ExplorationDetails {
  readonly name: string;
  readonly description: string | null;
}

export async function addExploration(
  { database, schema }: { readonly database: number; readonly schema: number },
  definition: ExplorationDef,
  details: ExplorationDetails,
): Promise<ExplorationInfo> {
  const added = await call("explorations.add", {
    database_id: database,
    exploration_def: { ...definition, ...details, schema_oid: schema },
  });
  void refresh("explorations.list");
  return added;
}

/** Whether somebody saved an exploration otherwise since it was read. Who may do so is not a part of what is saved. */
export async function isOutdated(read: ExplorationInfo): Promise<boolean> {
  const { database_id, id: exploration_id, sharing } = read;
  const present = await call("explorations.get", { database_id, exploration_id });
  return JSON.stringify({ ...present, sharing }) !== JSON.stringify(read);
}

/** Writes an exploration anew; how it is displayed stays, which only others than this interface choose. */
export async function replaceExploration(
  { id, database_id, schema_oid, display_options }: ExplorationInfo,
  definition: ExplorationDef,
  { name, description }: ExplorationDetails,
): Promise<ExplorationInfo> {
  const replaced = await call("explorations.replace", {
    database_id,
    new_exploration: { ...definition, id, schema_oid, display_options, name, description },
  });
  void refresh("explorations.list");
  return replaced;
}

/** Renames an exploration as it is by now, whoever changed it meanwhile. */
export async function describeExploration(
  { database_id, id }: ExplorationInfo,
  details: ExplorationDetails,
): Promise<ExplorationInfo> {
  const present = await call("explorations.get", { database_id, exploration_id: id });
  return replaceExploration(present, present, details);
}
