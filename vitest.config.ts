import { defineConfig } from "vitest/config";

// Workspace packages are tested from their sources, so a test never sees a stale build. Tests that start a
// real process use the build that `npm test` makes first.
const conditions = ["perennial-source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/*/{src,tests}/**/*.test.ts",
      "conformance/*.test.ts",
      "bench/{src,tests}/**/*.test.ts",
      "tools/**/*.test.ts",
    ],
    // Only what hangs is to meet these limits: tests that start a dozen processes take half a minute on a busy machine.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    maxWorkers: 2,
    // A condition is looked at often, and given time on a busy machine.
    expect: { poll: { interval: 5, timeout: 10_000 } },
  },
});
