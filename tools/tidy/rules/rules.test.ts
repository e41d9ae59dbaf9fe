/** Each rule can fail: a small house in which it is broken. */
import { expect, test } from "vitest";
import type { Problem, Source } from "../sources.ts";
import { citations, PROTOCOL_PAGE } from "./citations.ts";
import { cycles } from "./cycles.ts";
import { directions } from "./directions.ts";
import { headerNames } from "./header-names.ts";
import { lengths } from "./lengths.ts";
import { results } from "./results.ts";

function source(path: string, text: string): Source {
  return { path, text };
}

function found(problems: readonly Problem[]): string[] {
  return problems.map(({ path, line }) => `${path}:${line}`);
}

const SERVER = "packages/server/src";

test("a file of 301 lines is too long, one of 300 is not", () => {
  const lines = (count: number) => "export {};\n".repeat(count);
  const sources = [source("a.ts", lines(300)), source("b.ts", lines(301))];
  expect(found(lengths(sources, {}))).toEqual(["b.ts:1"]);
  expect(lengths(sources, { "b.ts": 301 })).toEqual([]);
  expect(found(lengths(sources, { "b.ts": 300 }))).toEqual(["b.ts:1"]);
});

test("a function, method or constant function of 41 lines is too long, one of 40 is not", () => {
  const body = (count: number) => "\n".repeat(count - 1);
  const text = [
    `function fits() {${body(40)}}`,
    `function long() {${body(41)}}`,
    `class A { method() {${body(41)}} }`,
    `const arrow = () => {${body(41)}};`,
  ].join("\n");
  const keys = lengths([source("a.ts", text)], {}).map(({ path }) => path);
  expect(keys).toEqual(["a.ts#long", "a.ts#method", "a.ts#arrow"]);
});

test("an entry of the ratchet that nothing needs is told", () => {
  expect(found(lengths([source("a.ts", "")], { "a.ts": 400 }))).toEqual(["a.ts:1"]);
});

test("a ring of imports is found, through types and re-exports too", () => {
  const sources = [
    source("x/a.ts", 'import type { B } from "./b.ts";'),
    source("x/b.ts", 'export * from "../y/c.ts";'),
    source("y/c.ts", 'const a = import("../x/a.ts");'),
    source("y/d.ts", 'import "./c.ts";'),
  ];
  expect(cycles(sources).map(({ message }) => message)).toEqual([
    "these files import each other: x/a.ts, x/b.ts, y/c.ts",
  ]);
});

test("an import against the table of rooms is found", () => {
  const sources = [
    source(`${SERVER}/stream/a.ts`, 'import "../shard/shard.ts";'),
    source(`${SERVER}/stream/b.ts`, 'import "node:fs";'),
    source(`${SERVER}/shard/c.ts`, 'import "../journal/local/local-log.ts";'),
    source(`${SERVER}/shard/d.ts`, 'import "../journal/contract.ts";'),
    source("packages/client/src/e.ts", 'import "@perennial/server";'),
    source("packages/cli/src/f.ts", 'import "@perennial/server";'),
  ];
  expect(found(directions(sources))).toEqual([
    `${SERVER}/stream/a.ts:1`,
    `${SERVER}/stream/b.ts:1`,
    `${SERVER}/shard/c.ts:1`,
    "packages/client/src/e.ts:1",
  ]);
});

test("a library of tests in a program is found, in a test it is not", () => {
  const text = '\nimport { test } from "vitest";';
  const sources = [source("packages/client/src/a.ts", text), source("packages/client/src/a.test.ts", text)];
  expect(found(directions(sources))).toEqual(["packages/client/src/a.ts:2"]);
});

test("a result in another shape than the one of the house is found", () => {
  const lines = [
    'if ("problem" in found) stop();',
    "type A = { readonly value: number } | { readonly problem: string };",
    "type B = { readonly ok: true; readonly value: number } | { readonly ok: false };",
    "function c(): string | PathProblem {}",
    "function d(): Promise<number | 'closed'> {}",
    "function e(): Body | RequestProblem {}",
    "interface Plain { readonly value: number }",
    "interface Fork { located(): Plain | Named }",
    "const f = async (): Promise<Response | FetchError> => {};",
    "function* g(): Generator<void, Uint8Array[] | Named> {}",
    "function h(): Plain | { readonly kind: 'rejected'; readonly rejection: string } {}",
  ];
  const named = source(`${SERVER}/named.ts`, 'interface Named { readonly kind: "named" }');
  const broken = source(`${SERVER}/a.ts`, lines.join("\n"));
  expect(found(results([named, broken]))).toEqual(
    [1, 2, 3, 4, 5, 6, 8, 9, 10, 11].map((line) => `${SERVER}/a.ts:${line}`),
  );
});

test("results in the shape of the house, look-ups, checks and states pass", () => {
  const lines = [
    'type Result<V, R> = { readonly kind: "ok"; readonly value: V } | Rejected<R>;',
    'interface Rejected<R> { readonly kind: "rejected"; readonly rejection: R }',
    "interface Snapshot extends Slice { readonly stream: Stream }",
    'interface Slice { readonly kind: "snapshot" }',
    "function parse(): Result<string, PathProblem> {}",
    "function read(): Promise<Snapshot | Rejected<Rejection>> {}",
    "function find(): Stream | undefined {}",
    "function check(): PathProblem | undefined {}",
    "function soon(): Reply | Promise<Reply> {}",
    'function room(): "free" | "full" | undefined {}',
    "function bytes(): string | Uint8Array {}",
    'if (typeof given === "object" && given !== null && "code" in given) stop();',
  ];
  expect(results([source(`${SERVER}/a.ts`, lines.join("\n"))])).toEqual([]);
});

test("a header that is written out is found, in either spelling, and not in its home", () => {
  const text = 'headers.get("stream-seq");\nconst name = "Stream-Seq";\nconst host = "host";';
  const sources = [source(`${SERVER}/a.ts`, text), source("packages/protocol/src/headers.ts", text)];
  expect(found(headerNames(sources, ["Stream-Seq", "Host"]))).toEqual([
    `${SERVER}/a.ts:1`,
    `${SERVER}/a.ts:2`,
  ]);
});

test("citations must name a document, and a place that is there", () => {
  const page = source(PROTOCOL_PAGE, "## 1. Model\n### 1.2 More\n");
  const text = [
    "// protocol §1 and §1.2 are there, RFC 9110 §8.3 is not ours",
    "// protocol §3 is not",
    "/* protocol",
    " * §1 and §9 */",
    "// section 1 of what?",
  ].join("\n");
  const problems = citations([page, source("a.ts", text)], () => true);
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [2, `protocol §3 is not in ${PROTOCOL_PAGE}`],
    [3, `protocol §9 is not in ${PROTOCOL_PAGE}`],
    [5, 'say of what: "protocol §9", "RFC 9110 §8.3"'],
  ]);
});

test("a link of a page to a file that is not there is found", () => {
  const page = source("docs/a.md", "[b](b.md#c) [up](../README.md) [web](https://example.org) [gone](no.md)");
  const exists = (path: string) => ["docs/b.md", "README.md"].includes(path);
  expect(citations([page], exists).map(({ message }) => message)).toEqual([
    "links to no.md, which is not there",
  ]);
});
