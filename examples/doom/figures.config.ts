import { mergeConfig } from "vitest/config";
import suite from "./vitest.config.ts";

const base = { ...suite, test: { ...suite.test, include: [] } };
export default mergeConfig(base, {
  test: { include: ["tests/figures/*.bench.ts"], disableConsoleIntercept: true },
});
