import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // What is waited for comes when it comes: a machine may have much else to do.
    expect: { poll: { timeout: 20_000 } },
  },
});
