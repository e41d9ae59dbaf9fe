import fc from "fast-check";
import { test } from "vitest";
import {
  isTrue,
  isValidContentType,
  matchesIfNoneMatch,
  mediaType,
  parseControl,
  parseCursor,
  parseExpiresAt,
  parseOffsetRequest,
  parseProducerTrio,
  parseStreamPath,
  parseTtl,
  sseDecoder,
} from "../src/index.ts";

/** Text of any kind, halves of surrogate pairs included. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.uint16Array().map((units) => String.fromCharCode(...units)),
);

test.each<[string, (input: string) => unknown]>([
  ["a flag", isTrue],
  ["an offset", parseOffsetRequest],
  ["a cursor", parseCursor],
  ["a media type", mediaType],
  ["a content type", isValidContentType],
  ["an entity tag list", (input) => matchesIfNoneMatch(input, '"a:0:1"')],
  ["a TTL", parseTtl],
  ["an expiry", parseExpiresAt],
  ["a producer", (input) => parseProducerTrio(input, input, input)],
  ["a path", parseStreamPath],
  ["a path below the root", (input) => parseStreamPath(`/v1/stream/${input}`)],
  ["a control event", parseControl],
  ["an event stream", (input) => sseDecoder()(input)],
])("no text makes reading %s throw", (_, read) => {
  fc.assert(
    fc.property(text, (input) => {
      read(input);
    }),
    { numRuns: 500 },
  );
});
