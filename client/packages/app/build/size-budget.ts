/**
 * What a browser fetches before a page shows, held to a budget: scripts and styles after gzip, of the page's own chunk and all
 * that it imports. What is fetched ahead for the next click does not count. A build over its budget fails. `pages.json` lists the
 * files of each page, for who measures what the server sends.
 */

import { basename } from "node:path";
import { gzipSync } from "node:zlib";

import type { Plugin, Rolldown } from "vite";

/** Pages by the component that a chunk is made for, and kilobytes (1,000 bytes) that may be fetched until they show. */
const budgets: readonly { readonly page: string; readonly parts: readonly string[]; readonly kilobytes: number }[] = [
  { page: "sign-in", parts: ["SignInPage.svelte"], kilobytes: 50 },
  { page: "first run", parts: ["SetupPage.svelte"], kilobytes: 50 },
  { page: "home", parts: ["Shell.svelte", "HomePage.svelte"], kilobytes: 140 },
  { page: "table", parts: ["Shell.svelte", "TablePage.svelte"], kilobytes: 195 },
];

export function sizeBudget(): Plugin {
  return {
    name: "size-budget",
    apply: "build",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const entry = chunks.find((chunk) => chunk.isEntry);
      if (!entry) this.error("The build has no entry.");
      const pages: Record<string, string[]> = {};
      for (const { page, parts, kilobytes } of budgets) {
        const own = parts.map((part) => {
          const found = chunks.find((chunk) => basename(chunk.facadeModuleId ?? "") === part);
          return found ?? this.error(`The build has no chunk for ${part}.`);
        });
        const files = filesOf([entry, ...own], bundle);
        pages[page] = files.map(({ name }) => name);
        const size = files.reduce((sum, file) => sum + file.bytes, 0) / 1000;
        const words = `The ${page} page takes ${size.toFixed(1)} kB of ${kilobytes} kB.`;
        if (size <= kilobytes) {
          this.info(words);
          continue;
        }
        const list = files.map(({ name, bytes }) => `\n  ${(bytes / 1000).toFixed(1)} kB  ${name}`).join("");
        this.error(`${words} Fetch later what it does not show at once (src/parts/parts.ts).${list}`);
      }
      this.emitFile({ type: "asset", fileName: "pages.json", source: JSON.stringify(pages) });
    },
  };
}

interface Fetched {
  readonly name: string;
  /** After gzip. */
  readonly bytes: number;
}

/** The chunks and what they import, largest first. */
function filesOf(roots: readonly Rolldown.OutputChunk[], bundle: Rolldown.OutputBundle): Fetched[] {
  const names = new Set<string>();
  const visit = (name: string): void => {
    const file = bundle[name];
    if (!file || names.has(name)) return;
    names.add(name);
    if (file.type !== "chunk") return;
    file.imports.forEach(visit);
    file.viteMetadata?.importedCss.forEach(visit);
  };
  for (const root of roots) visit(root.fileName);
  return [...names]
    .map((name) => {
      const file = bundle[name]!;
      return { name, bytes: gzipSync(file.type === "chunk" ? file.code : file.source).length };
    })
    .sort((a, b) => b.bytes - a.bytes);
}
