import { fileURLToPath } from "node:url";
import { examplesOf, typeErrors } from "@perennial/testing/examples";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

test("every example type-checks", async () => {
  const examples = await examplesOf(root);
  expect(examples.length).toBeGreaterThan(0);
  expect(await typeErrors(root, examples)).toBe("");
});
