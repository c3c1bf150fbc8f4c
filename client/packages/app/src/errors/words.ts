/** Turns every failure into what a person needs: what happened, the server's own words, and what to do next. */

import { ConnectionLost, errorCodes, RpcFailure, type ErrorName } from "@mathesar/api";
import { m } from "$/paraglide/messages.js";

export interface Words {
  readonly title: string;
  readonly detail: string;
  readonly next: string;
}

interface Saying {
  readonly title: () => string;
  readonly next?: () => string;
}

const sayings: Partial<Record<ErrorName, Saying>> = {
  authenticationFailed: { title: m.error_signed_out, next: m.error_signed_out_next },
  permissionDenied: { title: m.error_permission, next: m.error_permission_next },
  internal: { title: m.error_internal, next: m.error_internal_next },
  doesNotExist: { title: m.error_gone, next: m.error_gone_next },
  alreadyExists: { title: m.error_exists },
  validation: { title: m.error_validation },
  valueError: { title: m.error_validation },
  badCredentials: { title: m.error_credentials, next: m.error_credentials_next },
  incorrectOldPassword: { title: m.error_old_password },
  noConnectionAvailable: { title: m.error_no_role, next: m.error_no_role_next },
  badFilter: { title: m.error_filter, next: m.error_filter_next },
  rowConflict: { title: m.error_conflict, next: m.error_conflict_next },
  limit: { title: m.error_limit },
  throttled: { title: m.error_throttled, next: m.error_throttled_next },
  connectionFailed: { title: m.error_connection, next: m.error_connection_next },
  setupToken: { title: m.error_setup_token },
  badFile: { title: m.error_file },
  readOnly: { title: m.error_read_only },
  checkViolation: { title: m.error_check },
  dependentObjects: { title: m.error_dependents, next: m.error_dependents_next },
  duplicateColumn: { title: m.error_exists },
  duplicateDatabase: { title: m.error_exists },
  duplicateSchema: { title: m.error_exists },
  duplicateTable: { title: m.error_exists },
  foreignKeyViolation: { title: m.error_foreign_key },
  insufficientPrivilege: { title: m.error_privilege, next: m.error_privilege_next },
  invalidGrant: { title: m.error_grant },
  invalidText: { title: m.error_value },
  notNullViolation: { title: m.error_not_null },
  operational: { title: m.error_operational },
  queryCanceled: { title: m.error_canceled, next: m.error_canceled_next },
  undefinedColumn: { title: m.error_gone, next: m.error_gone_next },
  undefinedTable: { title: m.error_gone, next: m.error_gone_next },
  uniqueViolation: { title: m.error_unique },
};

const sayingByCode: ReadonlyMap<number, Saying> = new Map(
  Object.entries(sayings).map(([name, saying]) => [errorCodes[name as ErrorName], saying]),
);

export function errorWords(error: unknown): Words {
  if (error instanceof ConnectionLost) {
    return { title: m.error_offline(), detail: "", next: m.error_offline_next() };
  }
  if (error instanceof RpcFailure) {
    const saying = sayingByCode.get(error.code);
    return { title: (saying?.title ?? m.error_other)(), detail: spoken(error.message), next: saying?.next?.() ?? "" };
  }
  return { title: m.error_other(), detail: error instanceof Error ? error.message : String(error), next: "" };
}

/** PostgreSQL's report as the contract hands it on: a line for each part, of which only some speak to people. */
const reportLine = /\n(?=(?:Detail|Hint|Constraint|Column|Table|Schema|Datatype|SQLSTATE): )/;

/** What PostgreSQL says in sentences, without the names and numbers that are for programs; any other message as it is. */
function spoken(message: string): string {
  const [first = "", ...parts] = message.split(reportLine);
  if (!parts.at(-1)?.startsWith("SQLSTATE: ")) return message;
  const sentences = parts.flatMap((part) => /^(?:Detail|Hint): ([^]*)$/.exec(part)?.[1] ?? []);
  return [first.replace(/^\w+: /, ""), ...sentences].map(ended).join(" ");
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** All of it in one line, where there is room for no more. */
export function errorLine(error: unknown): string {
  const words = errorWords(error);
  return words.detail || words.title;
}
