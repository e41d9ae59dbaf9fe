import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as official from "@durable-streams/state";
import * as officialDb from "@durable-streams/state/db";
import { expect, it } from "vitest";
import * as db from "../src/db.ts";
import * as main from "../src/index.ts";

/** The modules that a module imports, directly or not, types aside. */
async function graphOf(entry: URL, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(entry.href)) return seen;
  seen.add(entry.href);
  const source = await readFile(entry, "utf8");
  for (const [, name] of source.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from "([^"]+)"/gms)) {
    if (name!.startsWith(".")) await graphOf(new URL(name!, entry), seen);
    else seen.add(name!);
  }
  return seen;
}

it("the main entry needs no TanStack DB, and ./db does", async () => {
  const source = (file: string) => new URL(`../src/${file}`, import.meta.url);
  expect([...(await graphOf(source("index.ts")))]).not.toContain("@tanstack/db");
  expect([...(await graphOf(source("db.ts")))]).toContain("@tanstack/db");
  // Types aside, the hook needs React alone.
  expect([...(await graphOf(source("react.ts")))]).toEqual([source("react.ts").href, "react"]);
  expect(main).not.toHaveProperty("createStreamDB");
});

it("everything that the official entries export is there", () => {
  expect(Object.keys(main)).toEqual(expect.arrayContaining(Object.keys(official)));
  expect(Object.keys(db)).toEqual(expect.arrayContaining(Object.keys(officialDb)));
});

it("the JSON Schema can be imported", () => {
  const schema = createRequire(import.meta.url)("@perennial/state/state-protocol.schema.json");
  expect(schema).toHaveProperty("$schema", "http://json-schema.org/draft-07/schema#");
});
