/** Every package tells a newcomer how it is used before anything else, and every page of the docs can be found. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = readdirSync(join(root, "packages")).filter((name) =>
  existsSync(join(root, "packages", name, "package.json")),
);

it.each(packages)("%s has a README with a working example first", (name) => {
  const path = join(root, "packages", name, "README.md");
  expect(existsSync(path)).toBe(true);
  const text = readFileSync(path, "utf8");
  const example = text.search(/^```(?:ts|sh)$/m);
  const below = text.search(/^(?:### |\|)/m);
  expect(example).toBeGreaterThan(0);
  expect(below === -1 || example < below).toBe(true);
});

it("the index of the docs, or that of the page's own folder, names every page", () => {
  const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  for (const page of pages.filter((each) => each.endsWith(".md") && each !== "README.md")) {
    const folder = existsSync(join(root, "docs", dirname(page), "README.md")) ? dirname(page) : ".";
    const isIndex = page === join(folder, "README.md");
    const index = readFileSync(join(root, "docs", isIndex ? "." : folder, "README.md"), "utf8");
    expect(index).toContain(`(${relative(isIndex ? "." : folder, page)}`);
  }
});
