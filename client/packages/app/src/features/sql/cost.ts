/** What changes of structure cost others, in words. */

import type { RowWork, StatementCost, TableLock } from "@mathesar/api";
import { m } from "$/paraglide/messages.js";

/** From the weakest on. */
const locks: readonly TableLock[] = ["SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"];
/** From the least on. */
const works: readonly RowWork[] = ["none", "scan", "index", "rewrite_if_volatile", "rewrite"];

const workWords: Record<RowWork, () => string> = {
  none: m.sql_work_none,
  scan: m.sql_work_scan,
  index: m.sql_work_index,
  rewrite_if_volatile: m.sql_work_rewrite_if_volatile,
  rewrite: m.sql_work_rewrite,
};

function lockWords(lock: TableLock): string {
  return lock === "ACCESS EXCLUSIVE" ? m.sql_lock_all({ lock }) : m.sql_lock_changes({ lock });
}

function greater<T>(order: readonly T[], one: T, other: T): T {
  return order.indexOf(one) > order.indexOf(other) ? one : other;
}

/** For each table one sentence: statements of one transaction hold the strongest of their locks until its end. */
export function costWords(costs: readonly StatementCost[]): string[] {
  const tables = new Map<string, Pick<StatementCost, "lock" | "work">>();
  for (const { relation, lock, work } of costs) {
    const before = tables.get(relation) ?? { lock, work };
    tables.set(relation, { lock: greater(locks, before.lock, lock), work: greater(works, before.work, work) });
  }
  return [...tables].map(([relation, { lock, work }]) =>
    m.sql_cost({ relation, lock: lockWords(lock), work: workWords[work]() }),
  );
}
