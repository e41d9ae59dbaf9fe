import fc from "fast-check";
import { expect, test } from "vitest";
import { PRODUCER_ID_MAX_LENGTH, parseProducerTrio } from "./producer.ts";

const MAX = "9007199254740991";

test("without any of the three headers there is no producer", () => {
  expect(parseProducerTrio(undefined, undefined, undefined)).toEqual({ kind: "none" });
});

test("three good headers are a trio", () => {
  const id = fc.string({ minLength: 1, maxLength: PRODUCER_ID_MAX_LENGTH });
  fc.assert(
    fc.property(id, fc.maxSafeNat(), fc.maxSafeNat(), (producer, epoch, seq) => {
      expect(parseProducerTrio(producer, `${epoch}`, `${seq}`)).toEqual({
        kind: "trio",
        id: producer,
        epoch,
        seq,
      });
    }),
  );
});

test("leading zeros are digits too", () => {
  expect(parseProducerTrio("p", "007", MAX)).toEqual({
    kind: "trio",
    id: "p",
    epoch: 7,
    seq: Number.MAX_SAFE_INTEGER,
  });
});

test.each([
  [undefined, "0", "0", "Producer-Id"],
  ["p", undefined, "0", "Producer-Epoch"],
  ["p", "0", undefined, "Producer-Seq"],
  ["p", undefined, undefined, "Producer-Epoch"],
  [undefined, undefined, "0", "Producer-Id"],
  ["", "0", "0", "Producer-Id"],
  ["p".repeat(PRODUCER_ID_MAX_LENGTH + 1), "0", "0", "Producer-Id"],
])("an incomplete trio or a bad id names its header (%#)", (id, epoch, seq, header) => {
  expect(parseProducerTrio(id, epoch, seq)).toMatchObject({ kind: "rejected", rejection: { header } });
});

test.each([
  "",
  "1abc",
  "0xyz",
  "1e3",
  "-1",
  "+1",
  "1.0",
  " 1",
  "1\n",
  "٣",
  "9007199254740992",
  "9".repeat(400),
])("%j is neither an epoch nor a sequence number", (text) => {
  expect(parseProducerTrio("p", text, "0")).toMatchObject({ rejection: { header: "Producer-Epoch" } });
  expect(parseProducerTrio("p", "0", text)).toMatchObject({ rejection: { header: "Producer-Seq" } });
});
