/// <reference types="vitest/config" />
import { defineConfig } from "vite";

export default defineConfig({
  server: { host: "127.0.0.1", port: 5199, strictPort: true, open: false },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
