/// <reference types="vitest/config" />
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

import { sizeBudget } from "./build/size-budget.ts";

/** Writes `x.br` beside every text file of the build, which the server sends as it is. */
function precompress(): Plugin {
  const worthIt = /\.(js|css|html|svg|json|txt)$/;
  return {
    name: "precompress",
    apply: "build",
    writeBundle({ dir }) {
      if (!dir) return;
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !worthIt.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const raw = readFileSync(path);
        const small = brotliCompressSync(raw, {
          params: { [constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
        });
        writeFileSync(`${path}.br`, small);
      }
    },
  };
}

/**
 * What pages share is gathered into a few files, so that no page waits for dozens. Svelte, which every page needs, and the fields
 * of forms stay apart from the widgets, which the pages before sign-in do without.
 */
const sharedChunks = [
  { name: "svelte", test: /node_modules[\\/](svelte|clsx|esm-env)[\\/]/, priority: 4 },
  { name: "forms", test: /src[\\/]ui[\\/](EntryPage|ErrorNotice|PasswordField|TextField)\.svelte$/, priority: 3 },
  {
    name: "widgets",
    test: /node_modules[\\/](bits-ui|@floating-ui|svelte-toolbelt|runed|tabbable|@tanstack)[\\/]/,
    entriesAware: true,
    entriesAwareMergeThreshold: 4_000,
    priority: 2,
  },
  {
    // An icon that some page shares with a dialog must not bring the dialog's other parts with it.
    name: "icons",
    test: /node_modules[\\/]@lucide[\\/]/,
    minShareCount: 2,
    entriesAware: true,
    entriesAwareMergeThreshold: 4_000,
    priority: 2,
  },
  { name: "shared", minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 1_000, priority: 1 },
];

/** The names of shared files would list everybody who shares them. */
function shortName(name: string | undefined, extension: string): string {
  return `assets/${name?.replace(/~.*/, "") ?? "file"}-[hash]${extension}`;
}

const testing = Boolean(process.env["VITEST"]);
const server = process.env["MATHESAR_DEV_SERVER"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Relative addresses, resolved against the `<base>` that the server writes: the application may live under any path.
  base: "./",
  plugins: [
    // Tests run on words that were compiled before; the plugin's watchers would keep them from ending.
    !testing &&
      paraglideVitePlugin({
        project: "./project.inlang",
        outdir: "./src/paraglide",
        strategy: ["globalVariable", "baseLocale"],
      }),
    svelte(),
    sizeBudget(),
    precompress(),
  ],
  resolve: {
    alias: { $: fileURLToPath(new URL("./src", import.meta.url)) },
    // Vitest would otherwise take Svelte's server build.
    ...(testing ? { conditions: ["browser"] } : {}),
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // `cargo xtask` puts them together with those of the rest.
    license: { fileName: "licences.json" },
    rolldownOptions: {
      output: {
        codeSplitting: { groups: sharedChunks },
        chunkFileNames: ({ name }) => shortName(name, ".js"),
        assetFileNames: ({ names }) => shortName(names[0]?.replace(/\.[^.]*$/, ""), "[extname]"),
      },
    },
  },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": { target: server, changeOrigin: false } } },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
