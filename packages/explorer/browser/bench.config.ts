import { defineConfig } from "vitest/config";
import tests from "./vitest.config.ts";

export default defineConfig({
  ...tests,
  test: {
    ...tests.test,
    include: ["packages/explorer/browser/**/*.bench.ts"],
    testTimeout: 300_000,
    expect: { poll: { interval: 20, timeout: 60_000 } },
  },
});
