import { ok, reject } from "@perennial/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { wrapStored } from "./messages.ts";
import { JSON_MAX_DEPTH } from "./scan-value.ts";
import { type JsonFraming, splitInSteps, splitJsonMessages } from "./split.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The stored form of a body, or `undefined` if the body is refused. */
function storedText(body: string | Uint8Array): string | undefined {
  const framing = splitJsonMessages(typeof body === "string" ? encoder.encode(body) : body);
  return framing.kind === "ok" ? framing.value.parts.map((part) => decoder.decode(part)).join("") : undefined;
}

/** The same framing, found in steps: a pause at every byte where there can be one. */
function framedInSteps(body: Uint8Array, messageBytes = Number.POSITIVE_INFINITY): JsonFraming {
  const steps = splitInSteps(body, 1, messageBytes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same framing, found in the body's own memory, of which this is a copy. */
function framedInPlace(body: Uint8Array): JsonFraming {
  const steps = splitInSteps(Uint8Array.from(body), 1, Number.POSITIVE_INFINITY, 1);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
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
  expect(framedInSteps(body)).toEqual(framing);
  expectSameText(framedInPlace(body), framing);
  const parsed = jsonParse(body);
  expect(framing.kind).toBe(parsed === undefined ? "rejected" : "ok");
  if (framing.kind === "rejected" || parsed === undefined) return;
  const messages = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  expect(framing.value.count).toBe(messages.length);
  const stored = encoder.encode(storedText(body));
  expect(framing.value.byteLength).toBe(stored.length);
  expect(JSON.parse(decoder.decode(wrapStored(stored)))).toEqual(messages);
}

function expectSameText(actual: JsonFraming, expected: JsonFraming): void {
  if (actual.kind !== "ok" || expected.kind !== "ok") {
    expect(actual).toEqual(expected);
    return;
  }
  const { count, byteLength, parts } = expected.value;
  expect(actual.value).toMatchObject({ count, byteLength });
  expect(Buffer.concat(actual.value.parts).equals(Buffer.concat(parts))).toBe(true);
}

test("a body whose memory may be overwritten becomes one part of it, with the headroom that it says", () => {
  for (const body of ["[1,2,3]", "[ 1 , 2 ]", '[{"a":1}] ']) {
    const memory = Buffer.alloc(10 + body.length, 0xee);
    memory.write(body, 10);
    const steps = splitInSteps(memory.subarray(10), 100, 100, 10);
    const { value } = steps.next();
    const { parts, headroom } = (value as Extract<JsonFraming, { kind: "ok" }>).value;
    expect(parts).toHaveLength(1);
    const [part] = parts;
    expect(part!.buffer).toBe(memory.buffer);
    expect(headroom).toBe(part!.byteOffset - memory.byteOffset);
    expect(memory.subarray(0, 10).every((byte) => byte === 0xee)).toBe(true);
  }
});

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
  expect(splitJsonMessages(encoder.encode(body))).toEqual(reject({ message, position }));
});

test("invalid UTF-8 is refused, also inside strings", () => {
  const body = Uint8Array.of(0x22, 0x61, 0xff, 0x22);
  expect(splitJsonMessages(body)).toEqual(
    reject({ message: "The JSON text is not valid UTF-8.", position: 2 }),
  );
});

test("a body with no white space between its messages is not copied", () => {
  const body = encoder.encode('[{"a":1},{"b":2}]');
  const framing = splitJsonMessages(body);
  expect(framing.kind === "ok" && framing.value.parts[0]!.buffer === body.buffer).toBe(true);
});

test("a message nests as deep as the limit and no deeper", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(storedText(`[${nested(JSON_MAX_DEPTH)}]`)).toBe(`${nested(JSON_MAX_DEPTH)},`);
  expect(splitJsonMessages(encoder.encode(`[${nested(JSON_MAX_DEPTH + 1)}]`))).toEqual(
    reject({ message: "The JSON text is nested too deeply.", position: JSON_MAX_DEPTH + 1 }),
  );
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

test("arbitrary runs of JSON's own characters get the verdict of JSON.parse", () => {
  const token = fc.constantFrom(
    ...["[", "]", "{", "}", ",", ":", '"', "\\", " ", "\n", "\t", "-", "+", ".", "0", "1", "9", "e", "E"],
    ...[
      "true",
      "false",
      "null",
      '"a"',
      '"a":',
      "\\u",
      "d83d",
      "\\n",
      "12.5e-3",
      "\u00e9",
      "\ud83d\ude00",
      "\u0000",
      "\ufeff",
    ],
  );
  const text = fc.array(token, { maxLength: 10 }).map((tokens) => tokens.join(""));
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        text.map((inner) => `[${inner}]`),
      ),
      (body) => expectAgreement(encoder.encode(body)),
    ),
    {
      numRuns: 5000,
    },
  );
});

test("one changed, lost or added byte gets the verdict of JSON.parse", () => {
  const body = fc
    .jsonValue({ stringUnit: "grapheme" })
    .map((value) => encoder.encode(JSON.stringify([value, value])));
  const byte = fc.oneof(
    fc.constantFrom(...encoder.encode('[]{},:"\\ -.e0tn')),
    fc.integer({ min: 0, max: 255 }),
  );
  fc.assert(
    fc.property(
      body,
      fc.nat(),
      fc.integer({ min: 0, max: 1 }),
      fc.array(byte, { maxLength: 1 }),
      (bytes, at, lost, added) => {
        const index = at % bytes.length;
        expectAgreement(
          Uint8Array.from([...bytes.subarray(0, index), ...added, ...bytes.subarray(index + lost)]),
        );
      },
    ),
    { numRuns: 3000 },
  );
});

test("numbers are those of the grammar", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("-", "+", "0", "1", "7", ".", "e", "E"), { maxLength: 7 }),
      (pieces) => {
        expectAgreement(encoder.encode(pieces.join("")));
      },
    ),
    { numRuns: 3000 },
  );
});

test("each message keeps its text, whatever white space stood around it", () => {
  const blank = fc.stringMatching(/^[ \t\r\n]{0,2}$/);
  const message = fc
    .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1))
    .map(([value, indent]) => JSON.stringify(value, null, indent));
  fc.assert(
    fc.property(fc.array(fc.tuple(blank, message, blank)), blank, blank, (elements, before, after) => {
      const inner = elements.map((parts) => parts.join("")).join(",");
      const expected = elements.map(([, text]) => `${text},`).join("");
      expect(storedText(`${before}[${inner === "" ? after : inner}]${after}`)).toBe(expected);
    }),
  );
});

test("a body in the middle of a larger buffer is read where it lies", () => {
  const buffer = encoder.encode("junk[1, 2]junk");
  const framing = splitJsonMessages(buffer.subarray(4, 10));
  expect(framing).toMatchObject(ok({ count: 2, byteLength: 4 }));
  expect(decoder.decode(buffer)).toBe("junk[1, 2]junk");
});

test("a message longer than allowed is refused as such, whatever follows, and others as ever", () => {
  const long = encoder.encode(`[1,"${"x".repeat(98)}",`);
  expect(framedInSteps(long, 99)).toEqual(
    reject({ message: "A message of the JSON text is too long.", position: 3, isTooLong: true }),
  );
  expect(framedInSteps(encoder.encode(`[1,"${"x".repeat(97)}"]`), 99)).toMatchObject(ok({ count: 2 }));
});

test("a step ends within a string, a number of messages, and one message of many parts", () => {
  for (const body of [`"${"x".repeat(1000)}"`, `[${"1,".repeat(500)}1]`, `{"a":[${"1,".repeat(500)}1]}`]) {
    let steps = 0;
    for (const _ of splitInSteps(encoder.encode(body), 100, 2000)) steps += 1;
    expect(steps).toBeGreaterThanOrEqual(9);
  }
});
