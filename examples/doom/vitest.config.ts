import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/engine/*.test.ts", "tests/browser/*.test.ts"],
    // Only what hangs is to meet these limits: a busy machine takes long to draw a page.
    testTimeout: 400_000,
    hookTimeout: 200_000,
    fileParallelism: false,
    expect: { poll: { interval: 20, timeout: 60_000 } },
  },
});
