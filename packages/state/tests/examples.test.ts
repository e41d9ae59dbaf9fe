import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { examplesOf, typeErrors } from "@perennial/testing/examples";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

test("every example in the sources and the README type-checks", async () => {
  const sources = (await readdir(join(root, "src"), { recursive: true })).filter((file) =>
    file.endsWith(".ts"),
  );
  const examples = await examplesOf(root, ["README.md", ...sources.map((source) => join("src", source))]);
  expect(examples.length).toBeGreaterThan(10);
  expect(await typeErrors(root, examples, { noUnusedParameters: true })).toBe("");
});
