import type { Client } from "./client.ts";
import type { Params } from "./methods.ts";

export type ExportRequest = Pick<Params<"records.list">, "database_id" | "table_oid" | "filter" | "order" | "columns">;

/** The address that streams a table as CSV: filtered, sorted and with the columns that are asked for. */
export function exportAddress(client: Client, request: ExportRequest): string {
  const query = new URLSearchParams({
    database_id: String(request.database_id),
    table_oid: String(request.table_oid),
  });
  if (request.filter) query.set("filter", JSON.stringify(request.filter));
  if (request.order?.length) query.set("order", JSON.stringify(request.order));
  if (request.columns) query.set("columns", JSON.stringify(request.columns));
  return `${client.base}api/export/v0/tables/?${query}`;
}

/** The address that streams a saved exploration as CSV. */
export function explorationExportAddress(client: Client, request: Params<"explorations.get">): string {
  const query = new URLSearchParams({
    database_id: String(request.database_id),
    exploration_id: String(request.exploration_id),
  });
  return `${client.base}api/export/v0/explorations/?${query}`;
}
