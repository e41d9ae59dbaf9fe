import fc from "fast-check";
import { expect, test } from "vitest";
import { formatOffset } from "../offset.ts";
import { parseControl } from "./control.ts";
import { sseDecoder } from "./decode.ts";
import { encodeSseEvents } from "./encode.ts";

test("a control event comes back as it was encoded", () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.option(fc.nat()),
      fc.boolean(),
      fc.boolean(),
      (position, cursor, upToDate, closed) => {
        const bytes = encodeSseEvents({
          payload: new Uint8Array(),
          encoding: "json",
          nextOffset: formatOffset(position),
          cursor: cursor === null ? undefined : `${cursor}`,
          upToDate,
          closed,
        });
        const [event] = sseDecoder()(new TextDecoder().decode(bytes));
        expect(parseControl(event!.data)).toEqual({
          streamNextOffset: formatOffset(position),
          streamCursor: cursor === null || closed ? undefined : `${cursor}`,
          upToDate,
          streamClosed: closed,
        });
      },
    ),
  );
});

test("members that later servers may add are ignored", () => {
  expect(parseControl('{"streamNextOffset":"5","more":{"a":1}}')).toEqual({
    streamNextOffset: "5",
    streamCursor: undefined,
    upToDate: false,
    streamClosed: false,
  });
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '"5"',
  "{}",
  '{"streamNextOffset":5}',
  '{"streamNextOffset":"5","streamCursor":7}',
  '{"streamNextOffset":"5","upToDate":"true"}',
  '{"streamNextOffset":"5","streamClosed":1}',
])("%s is not a control event", (data) => {
  expect(parseControl(data)).toBeUndefined();
});
