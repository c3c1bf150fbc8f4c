/** Files in cells, as the server has them. */

import { base } from "$/router/base";

/** Address below which files are. */
export const filesAddress = `${base}files/`;

/** How somebody without an account names what they may add: the link of a form, and a field of it. */
export interface ByForm {
  readonly form_token: string;
  readonly form_field_key: string;
}

/** The address of a file, or of something made of it. */
export function fileAddress(mash: string, more: "" | "download/" | "thumbnail/", by?: ByForm): string {
  const query = by ? `?${new URLSearchParams({ ...by })}` : "";
  return `${filesAddress}${mash}/${more}${query}`;
}
