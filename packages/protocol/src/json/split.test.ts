import fc from "fast-check";
import { expect, test } from "vitest";
import { wrapStored } from "./messages.ts";
import { JSON_MAX_DEPTH } from "./scan-value.ts";
import { splitJsonMessages } from "./split.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The stored form of a body, or `undefined` if the body is refused. */
function storedText(body: string | Uint8Array): string | undefined {
  const framing = splitJsonMessages(typeof body === "string" ? encoder.encode(body) : body);
  return framing.ok ? framing.parts.map((part) => decoder.decode(part)).join("") : undefined;
}

function jsonParse(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(decoder.decode(body)) };
  } catch {
    return undefined;
  }
}

/** Holds the splitter to the platform's own parser: same verdict, same messages, same text. */
function expectAgreement(body: Uint8Array): void {
  const framing = splitJsonMessages(body);
  const parsed = jsonParse(body);
  expect(framing.ok).toBe(parsed !== undefined);
  if (!framing.ok || parsed === undefined) return;
  const messages = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  expect(framing.count).toBe(messages.length);
  const stored = encoder.encode(storedText(body));
  expect(framing.byteLength).toBe(stored.length);
  expect(JSON.parse(decoder.decode(wrapStored(stored)))).toEqual(messages);
}

test.each([
  ['{"a":1}', '{"a":1},'],
  ['[{"a":1},{"b":2}]', '{"a":1},{"b":2},'],
  ["[[1,2]]", "[1,2],"],
  ["[[]]", "[],"],
  ["[]", ""],
  [" [ ] ", ""],
  [" 1 ", "1,"],
  ["null", "null,"],
  ['"x"', '"x",'],
  ["[true,false,null]", "true,false,null,"],
  [' [ 1 , 2\n,3\t,[ 4 , 5 ] , {"a" : 6 } ] \r\n', '1,2,3,[ 4 , 5 ],{"a" : 6 },'],
  ["[1, 2, 3]", "1,2,3,"],
  ["[1,2 ,3,4]", "1,2,3,4,"],
  ["12345678901234567890", "12345678901234567890,"],
  ['{"a":1,"a":2}', '{"a":1,"a":2},'],
  ["[1.0,1e2,-0,0.10]", "1.0,1e2,-0,0.10,"],
  ['["\\u00e9\\/","é/"]', '"\\u00e9\\/","é/",'],
  ['["a,b]}",1]', '"a,b]}",1,'],
])("%s is stored as %s", (body, stored) => {
  expect(storedText(body)).toBe(stored);
});

test.each([
  ["", 0, "The JSON text ends too early."],
  ["  ", 2, "The JSON text ends too early."],
  ["{ invalid json }", 2, "The JSON text has an unexpected character."],
  ["[1,2", 4, "The JSON text ends too early."],
  ["[1,]", 3, "The JSON text has an unexpected character."],
  ["[1 2]", 3, "The JSON text has an unexpected character."],
  ["1 2", 2, "The JSON text has an unexpected character."],
  ["[] []", 3, "The JSON text has an unexpected character."],
  ["01", 1, "The JSON text has an unexpected character."],
  ["tru", 3, "The JSON text ends too early."],
  ["\uFEFF1", 0, "The JSON text has an unexpected character."],
  ['{"a":1]', 6, "The JSON text has an unexpected character."],
  ['"a\nb"', 2, "The JSON text has a control character inside a string."],
  ['"a\\x"', 2, "The JSON text has an invalid escape sequence."],
])("%j is refused at byte %i", (body, position, message) => {
  expect(splitJsonMessages(encoder.encode(body))).toEqual({ ok: false, message, position });
});

test("invalid UTF-8 is refused, also inside strings", () => {
  const body = Uint8Array.of(0x22, 0x61, 0xff, 0x22);
  expect(splitJsonMessages(body)).toEqual({
    ok: false,
    message: "The JSON text is not valid UTF-8.",
    position: 2,
  });
});

test("a body with no white space between its messages is not copied", () => {
  const body = encoder.encode('[{"a":1},{"b":2}]');
  const framing = splitJsonMessages(body);
  expect(framing.ok && framing.parts[0]!.buffer === body.buffer).toBe(true);
});

test("a message nests as deep as the limit and no deeper", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(storedText(`[${nested(JSON_MAX_DEPTH)}]`)).toBe(`${nested(JSON_MAX_DEPTH)},`);
  expect(splitJsonMessages(encoder.encode(`[${nested(JSON_MAX_DEPTH + 1)}]`))).toEqual({
    ok: false,
    message: "The JSON text is nested too deeply.",
    position: JSON_MAX_DEPTH + 1,
  });
});

test("what JSON.stringify writes is accepted, compact or indented", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t", "\r\n"), (value, indent) => {
      expectAgreement(encoder.encode(JSON.stringify(value, null, indent)));
    }),
    { numRuns: 500 },
  );
});

test("arbitrary bytes get the verdict of JSON.parse after a fatal UTF-8 decode", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), expectAgreement), { numRuns: 2000 });
});
