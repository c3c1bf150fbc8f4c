import { ConnectionLost, isAbort, RpcFailure } from "./failure.ts";
import type { MethodName, Params, Result } from "./methods.ts";

export interface ClientOptions {
  /** Where the application lives, ending in a slash. */
  readonly base: string;
  /** The value for `X-CSRFToken`, asked for at each call. */
  readonly csrfToken: () => string | null;
  /** Told of every failure before the caller is, so that an ended session can be met in one place. */
  readonly onFailure?: (failure: RpcFailure) => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface Client {
  readonly base: string;
  readonly csrfToken: () => string | null;
  /** Calls a method. Throws `RpcFailure`, `ConnectionLost`, or the abort of its signal. */
  call<M extends MethodName>(method: M, params: Params<M>, options?: CallOptions): Promise<Result<M>>;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export function createClient(options: ClientOptions): Client {
  let lastId = 0;

  async function call<M extends MethodName>(
    method: M,
    params: Params<M>,
    { signal }: CallOptions = {},
  ): Promise<Result<M>> {
    lastId += 1;
    const body = JSON.stringify({ jsonrpc: "2.0", id: lastId, method, params });
    const answer = await send(options, body, signal ?? null);
    if (answer.error) {
      const failure = new RpcFailure(answer.error.code, answer.error.message, answer.error.data ?? null);
      options.onFailure?.(failure);
      throw failure;
    }
    return answer.result as Result<M>;
  }

  return { base: options.base, csrfToken: options.csrfToken, call };
}

async function send(options: ClientOptions, body: string, signal: AbortSignal | null): Promise<Answer> {
  const token = options.csrfToken();
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token) headers["X-CSRFToken"] = token;
  let response: Response;
  try {
    response = await fetch(`${options.base}api/rpc/v0/`, {
      method: "POST",
      headers,
      body,
      credentials: "same-origin",
      signal,
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ConnectionLost(error instanceof Error ? error.message : String(error));
  }
  return readAnswer(response);
}

async function readAnswer(response: Response): Promise<Answer> {
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ConnectionLost(`HTTP ${response.status}`, response.status);
  }
}
