/** The server answered that the call failed. */
export class RpcFailure extends Error {
  override readonly name = "RpcFailure";

  constructor(
    readonly code: number,
    message: string,
    /** More for programs; its shape depends on the code. */
    readonly data: unknown = null,
  ) {
    super(message);
  }
}

/** No answer, or none that could be read: whether the call took effect is unknown. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";

  constructor(
    message: string,
    /** The HTTP status, where there was one. */
    readonly status: number | null = null,
  ) {
    super(message);
  }
}

/** Whether an error only says that the caller gave up. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
