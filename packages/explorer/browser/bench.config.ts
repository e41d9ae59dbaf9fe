import { defineConfig } from "vitest/config";

const conditions = ["perennial-source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/explorer/browser/**/*.bench.ts"],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    expect: { poll: { interval: 20, timeout: 60_000 } },
  },
});
