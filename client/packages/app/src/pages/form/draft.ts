/** A form while it is changed. */

import type { FormField, FormInfo, FormPatch } from "@mathesar/api";
import { numbered } from "$/features/form/fields";

export interface Draft {
  name: string;
  description: string;
  title: string;
  subtitle: string;
  button: string;
  message: string;
  redirect: string;
  /** The stored role that it works as, as a text; empty for none. */
  role: string;
  fields: FormField[];
}

export function draftOf(form: FormInfo): Draft {
  return {
    name: form.name,
    description: form.description ?? "",
    title: form.header_title.text,
    subtitle: form.header_subtitle?.text ?? "",
    button: form.submit_button_label ?? "",
    message: form.submit_message?.text ?? "",
    redirect: form.submit_redirect_url ?? "",
    role: String(form.associated_role_id ?? ""),
    fields: structuredClone(form.fields),
  };
}

/** What is saved of a form. */
export function patchOf(id: number, draft: Draft): FormPatch {
  const text = (words: string) => (words.trim() ? { text: words } : null);
  return {
    id,
    name: draft.name.trim(),
    description: draft.description.trim() || null,
    header_title: text(draft.title),
    header_subtitle: text(draft.subtitle),
    submit_button_label: draft.button.trim() || null,
    submit_message: text(draft.message),
    submit_redirect_url: draft.redirect.trim() || null,
    associated_role_id: draft.role === "" ? null : Number(draft.role),
    fields: numbered(draft.fields),
  };
}

export function isSame(one: Draft, other: Draft): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
