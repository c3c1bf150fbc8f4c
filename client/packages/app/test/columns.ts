/** Columns as the server tells of them. */

import type { ColumnInfo } from "@mathesar/api";

/** A column of text without anything special, but for what is said. */
export function column(id: number, more: Partial<ColumnInfo> = {}): ColumnInfo {
  return {
    id,
    name: `c${id}`,
    type: "text",
    type_options: null,
    nullable: true,
    primary_key: false,
    default: null,
    has_dependents: false,
    description: null,
    current_role_priv: [],
    family: "text",
    display_type: "text",
    identity: null,
    generated: false,
    read_only_reason: null,
    link: null,
    metadata: null,
    ...more,
  };
}
