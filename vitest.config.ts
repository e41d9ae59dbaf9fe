import { existsSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BUILT, builtFolder } from "./examples/doom/engine/recipe.mjs";

// Workspace packages are tested from their sources, so a test never sees a stale build. Tests that start a
// real process use the build that `npm test` makes first.
const conditions = ["perennial-source", "node", "import", "module", "default"];

// An engine under the GPL, from parts that are fetched: half a minute of a processor, once for all clones.
const doomIsBuilt = BUILT.every((name) => existsSync(join(builtFolder(), name)));
if (!doomIsBuilt)
  console.log(
    "Doom's engine is not built, so nothing replays its session: node examples/doom/engine/build.mjs",
  );

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/*/{src,tests}/**/*.test.ts",
      "conformance/*.test.ts",
      "bench/{src,tests}/**/*.test.ts",
      "tools/**/*.test.ts",
      ...(doomIsBuilt ? ["examples/doom/tests/engine/*.test.ts"] : []),
    ],
    globalSetup: "tools/temporary-folder.ts",
    // Only what hangs is to meet these limits: tests that start a dozen processes take half a minute on a busy machine.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    maxWorkers: 2,
    // A condition is looked at often, and given time on a busy machine.
    expect: { poll: { interval: 5, timeout: 10_000 } },
  },
});
