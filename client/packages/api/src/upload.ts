import type { Client } from "./client.ts";
import { ConnectionLost, RpcFailure } from "./failure.ts";

/** A file that the server keeps for an import. */
export interface UploadedFile {
  readonly id: number;
}

/** A file that the server keeps for a cell: what the cell is to hold. */
export interface StoredFile {
  readonly uri: string;
  readonly mash: string;
}

export interface UploadOptions {
  readonly signal?: AbortSignal;
  /** Told how much has been sent, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Sends a file, or pasted text, to be imported. */
export function uploadDataFile(
  client: Client,
  content: File | { readonly paste: string },
  options: UploadOptions = {},
): Promise<UploadedFile> {
  const form = new FormData();
  if (content instanceof File) form.append("file", content, content.name);
  // A form writes the line breaks of a text as CR LF, also those inside of quoted values; a blob stays as it is.
  else form.append("paste", new Blob([content.paste]));
  return send(client, "api/db/v0/data_files/", form, isUploadedFile, options);
}

/** Sends a file for a cell. `by` is the form and the field by which somebody without an account sends it. */
export async function uploadFile(
  client: Client,
  file: File,
  by?: Readonly<Record<string, string>>,
  options: UploadOptions = {},
): Promise<StoredFile> {
  const form = new FormData();
  form.append("file", file, file.name);
  const query = by ? `?${new URLSearchParams(by)}` : "";
  return (await send(client, `files/${query}`, form, holdsStoredFile, options)).result;
}

/** `XMLHttpRequest`, because `fetch` cannot tell how much has been sent. */
function send<Answer>(
  client: Client,
  path: string,
  form: FormData,
  isAnswer: (answer: unknown) => answer is Answer,
  { signal, onProgress }: UploadOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${client.base}${path}`);
    const token = client.csrfToken();
    if (token) request.setRequestHeader("X-CSRFToken", token);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      const answer = parse(request.responseText);
      if (request.status >= 200 && request.status < 300 && isAnswer(answer)) resolve(answer);
      else reject(failure(request.status, answer));
    };
    request.onerror = () => reject(new ConnectionLost("upload"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

function failure(status: number, answer: unknown): Error {
  return isFailure(answer) ? new RpcFailure(answer.code, answer.message) : new ConnectionLost(`HTTP ${status}`, status);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isUploadedFile(answer: unknown): answer is UploadedFile {
  return typeof answer === "object" && answer !== null && "id" in answer && typeof answer.id === "number";
}

function holdsStoredFile(answer: unknown): answer is { readonly result: StoredFile } {
  if (typeof answer !== "object" || answer === null || !("result" in answer)) return false;
  const { result } = answer;
  return typeof result === "object" && result !== null && "uri" in result && "mash" in result;
}

/** Failures arrive as `{code, message}` itself or, by the original's habit, as a list of them. */
function isFailure(answer: unknown): answer is { code: number; message: string } {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "message" in answer &&
    typeof answer.message === "string" &&
    "code" in answer &&
    typeof answer.code === "number"
  );
}
