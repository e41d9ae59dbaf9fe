import { defineConfig } from "vitest/config";
import base from "../../../vitest.config.ts";

/** The tests that need a browser; apart, because not every machine has one. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["packages/tanstack-ai/browser/**/*.test.ts"], testTimeout: 60_000 },
});
