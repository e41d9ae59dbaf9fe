import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const directory = new URL("../../.changeset/", import.meta.url);
const packages = new URL("../../packages/", import.meta.url);

const names = new Set(
  readdirSync(packages).map((name) => {
    const manifest = readFileSync(new URL(`${name}/package.json`, packages), "utf8");
    return (JSON.parse(manifest) as { readonly name: string }).name;
  }),
);
const files = readdirSync(directory).filter((name) => name.endsWith(".md") && name !== "README.md");

// A formatter may take the packages for a heading, and `npm run changeset -- version` then refuses all of them.
test.each(files)("the changeset %s names packages that there are, and says what changed", (file) => {
  const [, list = "", text = ""] =
    /^---\n([\s\S]*?)\n---\n\n(\S[\s\S]*)$/.exec(readFileSync(new URL(file, directory), "utf8")) ?? [];
  expect(text.trim()).not.toBe("");
  for (const line of list.split("\n")) {
    const [, name] = /^"([^"]+)": (?:major|minor|patch)$/.exec(line) ?? [];
    expect(names, line).toContain(name);
  }
});
