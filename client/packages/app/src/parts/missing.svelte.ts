/** Why a part of the interface could not be fetched: another build is served by now, no connection, or neither. */
export type MissingReason = "updated" | "offline" | "unknown";

interface Retried {
  load(): Promise<void>;
}

/** Parts that could not be fetched. A page that stays open longer than its server's build asks for files that are gone. */
class Missing {
  reason = $state<MissingReason | null>(null);
  #parts = new Set<Retried>();

  async report(part: Retried): Promise<void> {
    this.#parts.add(part);
    this.reason = await findReason();
  }

  retry(): void {
    const parts = [...this.#parts];
    this.dismiss();
    for (const part of parts) void part.load();
  }

  dismiss(): void {
    this.#parts.clear();
    this.reason = null;
  }
}

/** The page that is served now names the script that this page was started with, or another one. */
async function findReason(): Promise<MissingReason> {
  const script = document.querySelector<HTMLScriptElement>("script[type=module][src]");
  const name = script?.src.split("/").at(-1);
  try {
    const page = await fetch(document.baseURI, { cache: "no-store" });
    return page.ok && name && !(await page.text()).includes(name) ? "updated" : "unknown";
  } catch {
    return "offline";
  }
}

export const missing = new Missing();
