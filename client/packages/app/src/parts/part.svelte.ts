import { missing } from "./missing.svelte";

/** A component that is fetched when it is first needed. Make each one once, outside of components. */
export class Part<C> {
  loaded = $state.raw<C | null>(null);
  readonly #fetch: () => Promise<{ readonly default: C }>;

  constructor(fetch: () => Promise<{ readonly default: C }>) {
    this.#fetch = fetch;
  }

  /** Fetches it because it is to be shown now: when that fails, the user is told what to do. */
  async load(): Promise<void> {
    try {
      await this.#take();
    } catch {
      await missing.report(this);
    }
  }

  /** Fetches it because it may be shown next; failing is no matter until it is. */
  preload(): void {
    this.#take().catch(() => undefined);
  }

  async #take(): Promise<void> {
    this.loaded ??= (await this.#fetch()).default;
  }
}
