/** What the documentation shows compiles. Packages with tests of their examples check those in their sources, too. */
import { fileURLToPath } from "node:url";
import { typeErrors } from "@perennial/testing/examples";
import { expect, it } from "vitest";
import { trackedFiles } from "./sources.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Type-checked where their packages are: `tests/examples.test.ts`. */
const ELSEWHERE = /^packages\/(client|state|ai|ai-sdk|tanstack-ai|adapters|timeline)\//;
/** CONTRIBUTING shows excerpts. */
const pages = trackedFiles(root, /^(?!bench\/|clients\/|CONTRIBUTING).*\.md$/).filter(
  ({ path }) => !ELSEWHERE.test(path),
);

it("every TypeScript and JavaScript example on a page compiles", async () => {
  const examples = pages.flatMap(({ path, text }) =>
    Array.from(text.matchAll(/^```(ts|tsx|js)\n(.*?)^```$/gms), ([, language, code]) => ({
      ...{ from: path, language: language!, code: code! },
    })),
  );
  expect(examples.length).toBeGreaterThan(10);
  const options = { allowJs: true, checkJs: true, jsx: "react-jsx", types: ["node"] };
  expect(await typeErrors(root, examples, options)).toBe("");
});
