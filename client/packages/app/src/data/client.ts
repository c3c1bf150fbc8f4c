import { createClient, type MethodName, type Params, type Result } from "@mathesar/api";
import { base } from "$/router/base";
import { session } from "./session.svelte";

export const client = createClient({
  base,
  csrfToken: () => session.csrfToken(),
  onFailure: (failure) => session.notice(failure),
});

/** Calls a method of the server. */
export function call<M extends MethodName>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Result<M>> {
  return client.call(method, params, signal ? { signal } : {});
}
