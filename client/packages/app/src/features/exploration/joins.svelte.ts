/** The tables that foreign keys lead to, table by table, as far as somebody has looked. */

import type { JoinableTable, JoinableTables } from "@mathesar/api";
import { fetchRpc } from "$/data/query";
import { m } from "$/paraglide/messages.js";
import type { JoinPath } from "./draft";

export interface NamedColumn {
  /** Attribute number. */
  readonly id: number;
  readonly name: string;
}

/** A foreign key on the way to another table. */
export interface Link {
  readonly ends: JoinPath[number];
  readonly target: number;
  /** What it is called from the table that it is followed from. */
  readonly label: string;
  /** The same with the name of the other table. */
  readonly title: string;
  /** Whether a row may meet several of the other table. */
  readonly isMany: boolean;
}

export interface JoinedTable {
  /** Those that the caller's role may read. */
  readonly columns: readonly NamedColumn[];
  readonly links: readonly Link[];
}

export class Joins {
  readonly #database: number;
  #tables = $state.raw<Readonly<Record<number, JoinedTable>>>({});

  constructor(database: number) {
    this.#database = database;
  }

  /** What is known of a table; undefined until `load` has asked. */
  table(oid: number): JoinedTable | undefined {
    return this.#tables[oid];
  }

  async load(oid: number): Promise<void> {
    if (this.#tables[oid]) return;
    const place = { database_id: this.#database, table_oid: oid };
    const [columns, joinable] = await Promise.all([
      fetchRpc("columns.list", place),
      fetchRpc("tables.list_joinable", { ...place, max_depth: 1, several_columns: true }),
    ]);
    const readable = columns.filter((column) => column.current_role_priv.includes("SELECT"));
    const links = joinable.joinable_tables.flatMap((way) => linkOf(way, joinable, columns) ?? []);
    this.#tables = { ...this.#tables, [oid]: { columns: readable, links } };
  }

  /** Loads the tables that paths begin at, so that their links have names. */
  async loadAlong(paths: readonly JoinPath[]): Promise<void> {
    await Promise.all(paths.flat().map(([[table]]) => this.load(table)));
  }

  /** What the links of a path are called, as far as that is known. */
  labels(path: JoinPath): string[] {
    return path.flatMap((ends) => {
      const links = this.table(ends[0][0])?.links ?? [];
      return links.find((link) => JSON.stringify(link.ends) === JSON.stringify(ends))?.label ?? [];
    });
  }
}

function linkOf(way: JoinableTable, joinable: JoinableTables, columns: readonly NamedColumn[]): Link | null {
  const { target, join_path, fkey_path, multiple_results: isMany } = way;
  const info = joinable.target_table_info[target];
  const [ends] = join_path;
  if (!info || !ends) return null;
  const [[, from], [, to]] = ends;
  const isReverse = fkey_path[0]?.[1] ?? false;
  const own = [from].flat().map((attnum) => columns.find(({ id }) => id === attnum)?.name ?? "");
  if (isReverse || own.length > 1) {
    const isAlone = joinable.joinable_tables.filter((other) => other.target === target).length === 1;
    const names = isReverse ? [to].flat().map((attnum) => info.columns[attnum]?.name ?? "") : own;
    const label = isAlone ? info.name : m.joins_by({ table: info.name, column: names.join(", ") });
    return { ends, target, label, title: label, isMany };
  }
  const [column = ""] = own;
  const label = column.replace(/(?<=.)[ _]?id$/i, "") || info.name;
  return { ends, target, label, title: label === info.name ? label : `${label} (${info.name})`, isMany };
}
