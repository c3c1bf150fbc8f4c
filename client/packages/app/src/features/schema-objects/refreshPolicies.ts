import { refresh } from "$/data/query";

/** Says that other rows may be seen from now on, by whom is not known here. */
export function refreshPolicies(): Promise<void> {
  return refresh("policies.list", "roles.reach");
}
