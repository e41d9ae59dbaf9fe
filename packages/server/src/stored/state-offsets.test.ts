import { formatOffset } from "@perennial/protocol";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { wrapStored } from "./messages.ts";
import { beginsWithStateMessage, nameStateOffsets } from "./state-offsets.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const store = (texts: readonly string[]): Uint8Array =>
  encoder.encode(texts.map((text) => `${text},`).join(""));
const shown = (texts: readonly string[], position = 0): string =>
  decoder.decode(nameStateOffsets(store(texts), position));

/** The rule as the reference server applies it, on parsed messages. */
function isState(message: unknown): message is { headers: Record<string, unknown> } {
  if (typeof message !== "object" || message === null || Array.isArray(message)) return false;
  const { headers } = message as { headers?: unknown };
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return false;
  const { operation, control } = headers as Record<string, unknown>;
  return typeof operation === "string" || typeof control === "string";
}

function naively(texts: readonly string[], position: number): unknown[] {
  let end = position;
  return texts.map((text) => {
    end += encoder.encode(text).length + 1;
    const message: unknown = JSON.parse(text);
    if (isState(message)) message.headers.offset = formatOffset(end);
    return message;
  });
}

const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('"headers":{', "é,", "\\"));
const headers = fc.dictionary(
  fc.constantFrom("operation", "control", "offset", "txid", 'off"set', "öffset"),
  value,
);
const message = fc
  .tuple(
    fc.oneof(value, fc.dictionary(fc.constantFrom("headers", "value", "key"), fc.oneof(headers, value))),
    fc.constantFrom(undefined, 1),
  )
  .map(([content, indent]) => JSON.stringify(content, null, indent));

test("messages are shown as if each were parsed and given its offset", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.nat({ max: 1e12 }), (texts, position) => {
      const array = wrapStored(nameStateOffsets(store(texts), position));
      expect(JSON.parse(decoder.decode(array))).toEqual(naively(texts, position));
      const first = texts[0] === undefined ? undefined : JSON.parse(texts[0]);
      expect(beginsWithStateMessage(store(texts))).toBe(isState(first));
    }),
    { numRuns: 2000 },
  );
});

describe("a State message", () => {
  it("keeps its text, but for the offset", () => {
    const text = '{ "value" : 12345678901234567890, "headers" : { "operation" : "insert" } }';
    const end = formatOffset(100 + text.length + 1);
    expect(shown([text], 100)).toBe(
      `{ "value" : 12345678901234567890, "headers" : { "operation" : "insert" ,"offset":"${end}"} },`,
    );
  });

  it("has its writer's offset replaced", () => {
    const text = '{"headers":{"offset":[1,{"a":2}],"control":"reset"}}';
    expect(shown([text])).toBe(
      `{"headers":{"offset":"${formatOffset(text.length + 1)}","control":"reset"}},`,
    );
  });

  it("has an offset replaced that was longer, among others that had none", () => {
    const long = JSON.stringify({ headers: { operation: "insert", offset: "9".repeat(200) } });
    const none = '{"headers":{"operation":"insert"}}';
    const texts = [none, long, long, none, none, long, none];
    expect(JSON.parse(`[${shown(texts, 5).slice(0, -1)}]`)).toEqual(naively(texts, 5));
  });

  it("is recognised by names that are written with escapes, and the last of equal ones", () => {
    const text = '{"headers":1,"\\u0068eaders":{"operatio\\u006e":"delete","operation":"insert"}}';
    expect(JSON.parse(shown([text]).slice(0, -1)).headers.offset).toBe(formatOffset(text.length + 1));
    const none = '{"headers":{"operation":"insert","operation":1}}';
    expect(shown([none])).toBe(`${none},`);
  });
});

test("what is no State message stays as it is, in the very same bytes", () => {
  const stored = store(["1", "[]", '"headers"', "{}", '{"headers":[]}', '{"headers":{"operation":null}}']);
  expect(nameStateOffsets(stored, 7)).toBe(stored);
  expect(beginsWithStateMessage(stored)).toBe(false);
  expect(beginsWithStateMessage(new Uint8Array())).toBe(false);
});
