/** Milliseconds without a key after which typing rests. */
const typingRests = 350;

export interface AtRest<Value> {
  /** Replaces what was to come; the work is done with the last value only. */
  (value: Value): void;
  /** Does at once what still waits. */
  flush(): void;
  /** Forgets what still waits. */
  cancel(): void;
}

/** Work that asks the server, done only when whoever types or drags rests. */
export function atRest<Value>(work: (value: Value) => void, milliseconds = typingRests): AtRest<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: { readonly value: Value } | null = null;

  function flush(): void {
    const due = waiting;
    cancel();
    if (due) work(due.value);
  }

  function cancel(): void {
    clearTimeout(timer);
    waiting = null;
  }

  function wait(value: Value): void {
    cancel();
    waiting = { value };
    timer = setTimeout(flush, milliseconds);
  }

  return Object.assign(wait, { flush, cancel });
}
