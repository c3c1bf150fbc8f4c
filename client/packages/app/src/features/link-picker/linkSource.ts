import type { ColumnLink } from "@mathesar/api";

/** Where the records are that can be chosen: in a table of a database, or in a form, for which it is asked by its link. */
export type LinkSource =
  { readonly database: number; readonly link: ColumnLink } | { readonly form: string; readonly field: string };
