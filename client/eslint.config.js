import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["**/dist/**", "**/generated/**", "**/paraglide/**"] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      // The compiler knows the names, and TypeScript's own check of unused ones is on.
      "no-undef": "off",
      "@typescript-eslint/no-explicit-any": "error",
      // The router is our own: addresses are made by its functions, not by SvelteKit's.
      "svelte/no-navigation-without-resolve": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"] } },
  },
  { files: ["**/vite.config.ts", "**/*.config.js"], languageOptions: { globals: { ...globals.node } } },
);
