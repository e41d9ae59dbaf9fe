import { fileURLToPath } from "node:url";
import { examplesOf, typeErrors } from "@perennial/testing/examples";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

test("every example in the sources and the documentation type-checks", async () => {
  const examples = (await examplesOf(root, ["README.md", "docs/migrating.md"])).map(({ from, code }) => ({
    from,
    code: code.replaceAll('"@perennial/client"', '"../src/index.ts"'),
  }));
  expect(examples.length).toBeGreaterThan(15);
  expect(await typeErrors(root, examples)).toBe("");
});
