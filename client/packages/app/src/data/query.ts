import { ConnectionLost, type MethodName, type Params, type Result } from "@mathesar/api";
import { createQuery, QueryClient, type CreateQueryResult } from "@tanstack/svelte-query";
import { call } from "./client";

const patience = 15_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: patience,
      // Only a lost connection may mend by itself; an answer that says no would say it again.
      retry: (failures, error) => error instanceof ConnectionLost && failures < 2,
    },
  },
});

/** Reads with a method and keeps the answer; components that ask for the same share it. `null` parameters wait. */
export function useRpc<M extends MethodName>(
  method: M,
  params: () => Params<M> | null,
): CreateQueryResult<Result<M>, Error> {
  return createQuery(() => {
    const given = params();
    return {
      queryKey: [method, given],
      queryFn: ({ signal }: { signal: AbortSignal }) => call(method, given as Params<M>, signal),
      enabled: given !== null,
      // With the default, a property that was not read before an answer came would go on holding what it held then.
      notifyOnChangeProps: "all" as const,
    };
  });
}

/** Reads once through the same store, for code outside of components. */
export function fetchRpc<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
  return queryClient.fetchQuery({
    queryKey: [method, params],
    queryFn: ({ signal }) => call(method, params, signal),
  });
}

/** Says that what these methods gave may have changed. */
export async function refresh(...methods: MethodName[]): Promise<void> {
  await Promise.all(methods.map((method) => queryClient.invalidateQueries({ queryKey: [method] })));
}
