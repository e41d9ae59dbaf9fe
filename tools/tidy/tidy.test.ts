/** The rules of the house, held over the whole repository. Each rule's own test shows that it can fail. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { HEADER, HTTP_HEADER } from "../../packages/protocol/src/headers.ts";
import { HEADER as YJS_NAMES } from "../../packages/yjs/src/core/headers.ts";
import { RATCHET } from "./ratchet.ts";
import { citations } from "./rules/citations.ts";
import { cycles } from "./rules/cycles.ts";
import { directions } from "./rules/directions.ts";
import { headerNames } from "./rules/header-names.ts";
import { lengths } from "./rules/lengths.ts";
import { results } from "./rules/results.ts";
import { type Problem, trackedFiles } from "./sources.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const programs = trackedFiles(root, /^(packages|bench|tools|examples)\/.*\.tsx?$/);
const pages = trackedFiles(root, /\.(md|tsx?|js|mjs|py)$/);

function expectNone(problems: readonly Problem[]): void {
  expect(problems.map(({ path, line, message }) => `${path}:${line}: ${message}`)).toEqual([]);
}

test("files and functions are short, or no longer than they were", () => {
  expectNone(lengths(programs, RATCHET));
});

test("no files import each other in a ring", () => {
  expectNone(cycles(programs));
});

test("each room imports only what it may, and no program a library of tests", () => {
  expectNone(directions(programs));
});

test("what may fail says so in one shape", () => {
  expectNone(results(programs));
});

test("names of headers have one home", () => {
  const names = [...Object.values(HEADER), ...Object.values(HTTP_HEADER)];
  expectNone(headerNames(programs, names));
  expect(names).toEqual(expect.arrayContaining(Object.values(YJS_NAMES)));
});

test("every citation leads somewhere", () => {
  expectNone(
    citations(
      pages.filter(({ path }) => !path.startsWith("tools/tidy/")),
      (path) => existsSync(`${root}/${path}`),
    ),
  );
});
