/** Columns of linked records: for each row, the records of another table that a table in between connects with it. Pure. */

import type { JoinableTable, JoinableTables, JoinedColumn } from "@mathesar/api";
import type { Column } from "@mathesar/grid";
import { m } from "$/paraglide/messages.js";

export interface LinkedColumn {
  /** The grid's number; negative, as that of no column of the table is. */
  readonly id: number;
  /** Names the way in the address bar: the table in between and its two columns, such as `16403.2.3`. */
  readonly alias: string;
  readonly name: string;
  readonly path: JoinedColumn["join_path"];
  /** The table's column that the table in between refers to. */
  readonly base: number;
  /** The table in between, and its columns that refer to the row and to the records. */
  readonly between: { readonly table: number; readonly own: number; readonly other: number };
  /** Where the records are. */
  readonly target: { readonly table: number; readonly attnum: number };
}

/** All that the ways of two foreign keys over a table in between lead to, out of what `tables.list_joinable` gives. */
export function linkedColumns({ joinable_tables, target_table_info: tables }: JoinableTables): LinkedColumn[] {
  const ways = joinable_tables.filter(isOverATableInBetween);
  return ways.map((way, index) => {
    // Foreign keys of several columns were not asked for.
    const [[[, base], [table, own]], [[, other], [target, attnum]]] = way.join_path as [JoinPair, JoinPair];
    const name = tables[target]?.name ?? String(target);
    const isOnlyWay = ways.every((each) => each === way || each.target !== target);
    const column = `${tables[table]?.name}.${tables[table]?.columns[other]?.name}`;
    return {
      id: -1 - index,
      alias: nameOf(table, own, other),
      name: isOnlyWay ? name : `${name} (${column})`,
      path: way.join_path as JoinPair[],
      base,
      between: { table, own, other },
      target: { table: target, attnum },
    };
  });
}

/** The alias of the way of two foreign keys over a table in between; null for another way. */
export function aliasOf(path: JoinedColumn["join_path"]): string | null {
  const [first, second, ...more] = path;
  return first && second && more.length === 0 ? nameOf(...first[1], second[0][1]) : null;
}

function nameOf(between: number, own: number, other: number): string {
  return [between, own, other].join(".");
}

type JoinPair = JoinedColumn["join_path"][number];

function isOverATableInBetween({ depth, fkey_path }: JoinableTable): boolean {
  const [first, second] = fkey_path;
  return depth === 2 && first?.[1] === true && second?.[1] === false && first[0] !== second[0];
}

/** The grid's column, whose values stand behind those of the table's columns. */
export function linkedGridColumn({ id, name }: LinkedColumn, slot: number): Column {
  return {
    id,
    slot,
    name,
    kind: "records",
    typeName: m.linked_records(),
    nullable: true,
    hasDefault: true,
    generated: true,
    readonlyReason: m.linked_readonly(),
  };
}
