import type { CheckCastParams, ColumnDef, ColumnInfo, ColumnMetadata, ColumnPatch } from "@mathesar/api";
import { holdsFiles } from "$/features/grid/columns";
import { canHoldUsers, holdsUsers, type UserField } from "$/features/grid/people";
import type { TableAddress } from "$/features/grid/source";
import { modifierTexts, typeOptions, type ModifierTexts } from "./types";

/** What the column dialog holds. */
export interface ColumnForm {
  name: string;
  type: string;
  modifiers: ModifierTexts;
  required: boolean;
  /** The default in the type's text form; empty for none. */
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
    defaultText: staticDefault(column),
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

function staticDefault(column: ColumnInfo | undefined): string {
  return column?.default && !column.default.is_dynamic ? column.default.value : "";
}

export function newColumn(form: ColumnForm): ColumnDef {
  const options = typeOptions(form.type, form.modifiers);
  return {
    name: form.name,
    type: form.type,
    nullable: !form.required,
    ...(options ? { type_options: options } : {}),
    ...(form.defaultText ? { default: { value: form.defaultText } } : {}),
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
  if (form.defaultText !== before.defaultText) change.default = form.defaultText ? { value: form.defaultText } : null;
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
