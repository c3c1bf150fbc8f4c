import { defineConfig } from "@playwright/test";

/** Debian's Chromium, with what it must not do on a machine without network. */
const chromium = {
  executablePath: process.env["MATHESAR_TEST_CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // Each file starts a server of its own; two at a time suit two cores.
  workers: 2,
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // A browser on a busy machine can stumble: what fails is tried once more, and is named as flaky at the end if it passes then.
  retries: 1,
  reporter: [["list"]],
  use: {
    actionTimeout: 15_000,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    launchOptions: chromium,
    permissions: ["clipboard-read", "clipboard-write"],
    trace: "off",
    screenshot: "only-on-failure",
  },
});
