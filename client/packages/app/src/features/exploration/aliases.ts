/**
 * Numbers for the aliases of an exploration. Filters, orders and the grid know columns by number; a number stands for the same
 * alias for as long as a page is open.
 */
export class Aliases {
  readonly #numbers = new Map<string, number>();
  readonly #aliases: string[] = [];

  idOf(alias: string): number {
    const known = this.#numbers.get(alias);
    if (known !== undefined) return known;
    const id = this.#aliases.push(alias) - 1;
    this.#numbers.set(alias, id);
    return id;
  }

  aliasOf(id: number): string {
    return this.#aliases[id] ?? "";
  }

  /** The alias that is wanted, or the same with a number behind it where that one is taken. */
  free(wanted: string, taken: ReadonlySet<number>): number {
    const base = wanted.slice(0, longest);
    for (let number = 1; ; number++) {
      const id = this.idOf(number === 1 ? base : `${base} ${number}`);
      if (!taken.has(id)) return id;
    }
  }
}

/** The server takes 500 bytes, and a sign has four at most. */
const longest = 120;
