/// <reference types="vitest/config" />
import { defineConfig } from "vite";

export default defineConfig({
  root: process.env["VITEST"] ? "." : "dev",
  server: { host: "127.0.0.1", port: 5199, strictPort: true },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
