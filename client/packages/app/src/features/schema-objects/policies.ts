/** Policies of row-level security as people write them. */

import type { PolicyCommand, PolicyDef, PolicyInfo, PolicyPatch } from "@mathesar/api";

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

export function policyForm(policy: PolicyInfo | undefined): PolicyForm {
  return {
    name: policy?.name ?? "",
    command: policy?.command ?? "ALL",
    permissive: policy?.permissive ?? true,
    roles: policy?.role_oids ?? [],
    using: policy?.using ?? "",
    check: policy?.check ?? "",
  };
}

/** What differs from the policy; `null` while that is nothing, or something that PostgreSQL cannot do: it takes no condition away. */
export function changeOf(policy: PolicyInfo, { name, roles, using, check }: PolicyForm): PolicyPatch | null {
  const before = policyForm(policy);
  if (name === "" || (before.using && !using.trim()) || (before.check && !check.trim())) return null;
  const sameRoles = roles.length === before.roles.length && roles.every((oid) => before.roles.includes(oid));
  const change: PolicyPatch = {
    ...(name === before.name ? {} : { name }),
    ...(sameRoles ? {} : { role_oids: [...roles] }),
    ...(using.trim() === before.using ? {} : { using }),
    ...(check.trim() === before.check ? {} : { check }),
  };
  return Object.keys(change).length > 0 ? change : null;
}
