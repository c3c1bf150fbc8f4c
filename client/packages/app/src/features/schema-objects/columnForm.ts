import type { CheckCastParams, ColumnDef, ColumnInfo, ColumnMetadata, ColumnPatch, DefaultDef } from "@mathesar/api";
import { holdsFiles } from "$/features/grid/columns";
import { canHoldUsers, holdsUsers, type UserField } from "$/features/grid/people";
import type { TableAddress } from "$/features/grid/source";
import { modifierTexts, typeOptions, type ModifierTexts } from "./types";

/** What fills a cell when nothing is entered: a value, or an expression; or what always fills it, kept or computed when it is read. */
export type Filling = "value" | "expression" | "stored" | "virtual";

/** What the column dialog holds. */
export interface ColumnForm {
  name: string;
  type: string;
  modifiers: ModifierTexts;
  required: boolean;
  filling: Filling;
  /** The value in the type's text form, or the expression; empty for none. */
  defaultText: string;
  description: string;
  /** Whether each cell holds a file. */
  files: boolean;
  /** What the users are called whose numbers the cells are; empty where the cells are no users. */
  user: UserField | "";
}

export function columnForm(column: ColumnInfo | undefined): ColumnForm {
  return {
    name: column?.name ?? "",
    type: column ? declaredType(column) : "text",
    modifiers: modifierTexts(column?.type_options),
    required: column ? !column.nullable : false,
    filling: column && ownDefault(column)?.is_dynamic ? "expression" : "value",
    defaultText: (column && ownDefault(column)?.value) ?? "",
    description: column?.description ?? "",
    files: column !== undefined && holdsFiles(column),
    user: column && holdsUsers(column) ? (column.metadata?.user_display_field as UserField) : "",
  };
}

/** The type as it is written in SQL, without modifiers: arrays and enums go by another name on the wire. */
export function declaredType(column: ColumnInfo): string {
  if (column.type === "_array") return `${column.type_options?.item_type ?? "text"}[]`;
  if (column.type === "_enum") return column.type_options?.original_type ?? column.display_type;
  return column.type;
}

/** The default, unless the column computes its values or counts them. */
function ownDefault(column: ColumnInfo): ColumnInfo["default"] {
  return column.generated || column.identity ? null : column.default;
}

/** Whether the column is never entered. */
export function isComputed(filling: Filling): boolean {
  return filling === "stored" || filling === "virtual";
}

function defaultOf({ filling, defaultText }: ColumnForm): DefaultDef | null {
  if (!defaultText) return null;
  return { value: defaultText, ...(filling === "expression" ? { is_dynamic: true } : {}) };
}

function filledBy(form: ColumnForm): Pick<ColumnDef, "default" | "generated"> {
  if (isComputed(form.filling)) {
    return { generated: { expression: form.defaultText, ...(form.filling === "virtual" ? { stored: false } : {}) } };
  }
  const given = defaultOf(form);
  return given ? { default: given } : {};
}

export function newColumn(form: ColumnForm): ColumnDef {
  const options = typeOptions(form.type, form.modifiers);
  return {
    name: form.name,
    type: form.type,
    nullable: !form.required,
    ...(options ? { type_options: options } : {}),
    ...filledBy(form),
    ...(form.description ? { description: form.description } : {}),
  };
}

/** Only what differs, so that nothing is rewritten that stays. */
export function columnChange(column: ColumnInfo, form: ColumnForm): ColumnPatch {
  const before = columnForm(column);
  const change: ColumnPatch = { id: column.id };
  if (form.name !== before.name) change.name = form.name;
  if (form.type !== before.type || JSON.stringify(form.modifiers) !== JSON.stringify(before.modifiers)) {
    change.type = form.type;
    change.type_options = typeOptions(form.type, form.modifiers) ?? null;
  }
  if (form.required !== before.required) change.nullable = !form.required;
  if (JSON.stringify(defaultOf(form)) !== JSON.stringify(defaultOf(before))) change.default = defaultOf(form);
  if (form.description !== before.description) change.description = form.description || null;
  return change;
}

/** What of the column's metadata changes; null when all of it stays. */
export function metadataChange(
  column: ColumnInfo | undefined,
  form: ColumnForm,
): Pick<ColumnMetadata, "file_backend" | "user_display_field"> | null {
  const files = form.files && form.type === "jsonb";
  const user = canHoldUsers(form.type) ? form.user : "";
  const before = columnForm(column);
  return files === before.files && user === before.user
    ? null
    : { file_backend: files ? "default" : null, user_display_field: user || null };
}

/** What to ask about a change before it is made; null when no type changes, so that no value can be refused. */
export function castCheck(place: TableAddress, change: ColumnPatch | undefined): CheckCastParams | null {
  if (!change?.type) return null;
  const options = change.type_options;
  return { ...place, attnum: change.id, type: change.type, ...(options ? { type_options: options } : {}) };
}
