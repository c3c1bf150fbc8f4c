import type { Client } from "./client.ts";
import { ConnectionLost, RpcFailure } from "./failure.ts";

/** A file that the server keeps for an import. */
export interface UploadedFile {
  readonly id: number;
}

export interface UploadOptions {
  readonly signal?: AbortSignal;
  /** Told how much has been sent, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Sends a file, or pasted text, to be imported. `XMLHttpRequest`, because `fetch` cannot tell how much has been sent. */
export function uploadDataFile(
  client: Client,
  content: File | { readonly paste: string },
  { signal, onProgress }: UploadOptions = {},
): Promise<UploadedFile> {
  const form = new FormData();
  if (content instanceof File) form.append("file", content, content.name);
  // A form writes the line breaks of a text as CR LF, also those inside of quoted values; a blob stays as it is.
  else form.append("paste", new Blob([content.paste]));

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${client.base}api/db/v0/data_files/`);
    const token = client.csrfToken();
    if (token) request.setRequestHeader("X-CSRFToken", token);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => settle(request, resolve, reject);
    request.onerror = () => reject(new ConnectionLost("upload"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

function settle(request: XMLHttpRequest, resolve: (file: UploadedFile) => void, reject: (error: Error) => void): void {
  const answer = parse(request.responseText);
  if (request.status >= 200 && request.status < 300 && isUploadedFile(answer)) resolve(answer);
  else if (isFailure(answer)) reject(new RpcFailure(answer.code, answer.message));
  else reject(new ConnectionLost(`HTTP ${request.status}`, request.status));
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
