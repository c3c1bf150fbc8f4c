/** Policies of row-level security as people write them. */

import type { PolicyCommand, PolicyDef } from "@mathesar/api";

export interface PolicyForm {
  readonly name: string;
  readonly command: PolicyCommand;
  readonly permissive: boolean;
  /** Object identifiers; none is everybody. */
  readonly roles: readonly number[];
  readonly using: string;
  readonly check: string;
}

/** Rows that are new have not been seen, and rows that are only seen or deleted are not written: PostgreSQL refuses the other condition. */
export function conditionsOf(command: PolicyCommand): { readonly using: boolean; readonly check: boolean } {
  return { using: command !== "INSERT", check: command !== "SELECT" && command !== "DELETE" };
}

/** The definition that a form describes; `null` while it does not say enough. */
export function definitionOf({ name, command, permissive, roles, using, check }: PolicyForm): PolicyDef | null {
  const takes = conditionsOf(command);
  const conditions = {
    ...(takes.using && using.trim() ? { using } : {}),
    ...(takes.check && check.trim() ? { check } : {}),
  };
  if (name === "" || Object.keys(conditions).length === 0) return null;
  return { name, command, permissive, role_oids: [...roles], ...conditions };
}
