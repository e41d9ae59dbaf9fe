import { describe, expect, test } from "vitest";
import type { Row, RowKind } from "../feed/cut-rows.ts";
import { fieldsOf } from "./json-rows.ts";
import { parseQuery, type Query } from "./query.ts";

const encoder = new TextEncoder();
const rowOf = (text: string): Row => ({ position: 0, end: text.length + 1, bytes: encoder.encode(text) });

function query(text: string, kind: RowKind = "json"): Query {
  const parsed = parseQuery(text, kind);
  if (parsed?.kind !== "query") throw new Error(`${text} is no query`);
  return parsed;
}
const finds = (text: string, message: string, kind: RowKind = "json"): boolean =>
  query(text, kind).matches(rowOf(message));

describe("a text", () => {
  test("is found in any letter case, and is no expression", () => {
    expect(finds("A.B", '"xa.bx"')).toBe(true);
    expect(finds("a.b", '"axb"')).toBe(false);
    expect(finds("/v1/", '"acv1b"')).toBe(true);
    expect(finds("/v1", '"GET /v1"')).toBe(true);
  });
  test("is marked where it stands, also beside letters that change their length", () => {
    expect(query("ad").marks("İAda")).toEqual([{ start: 1, end: 3 }]);
  });
});

describe("conditions", () => {
  const message =
    '{"role":"user","n":12345678901234567890,"usage":{"total":1.50},"tags":["x","y"],"done":false,"none":null}';
  test.each([
    ["role=user", true],
    ["role=us", false],
    ["role~US", true],
    ["role!=user", false],
    ["missing!=user", true],
    ["missing=", false],
    ["n=12345678901234567890", true],
    ["n=12345678901234567891", false],
    ["usage.total=1.5", true],
    ["usage.total=1.50", true],
    ["usage.total>1.25", true],
    ["usage.total>=12", false],
    ["tags.1=y", true],
    ["done=false none=null role=user", true],
    ["done=true role=user", false],
    ['role="user"', true],
    ["toString=x", false],
    ["__proto__.x=1", false],
  ])("%s: %s", (text, expected) => expect(finds(text, message)).toBe(expected));

  test("hold for lines that are JSON, and never for what is none", () => {
    expect(finds("a=1", '{"a":1}\n', "text")).toBe(true);
    expect(finds("a!=1", "no JSON", "text")).toBe(false);
  });
  test("between other words are text", () => {
    expect(finds("x a=1", '"x a=1"')).toBe(true);
  });
});

test("what is wrong with an expression is said", () => {
  expect(parseQuery("/(a/", "json")).toMatchObject({ kind: "rejected" });
  expect(parseQuery("", "json")).toBeUndefined();
});

test("an expression meets a line without its end", () => {
  expect(finds("/b$/", "ab\n", "text")).toBe(true);
});

test("fields are named as conditions name them", () => {
  expect(fieldsOf([rowOf('{"a":{"b":1,"c":{"d":[1]}},"x.y":1}'), rowOf("7"), rowOf('{"e":null}')])).toEqual([
    ...["a.b", "a.c.d", "e"],
  ]);
});
