import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkHeaders, checkMessage } from "./check.ts";
import { isChangeEvent, isControlEvent } from "./guards.ts";

const schema = JSON.parse(readFileSync(new URL("../../state-protocol.schema.json", import.meta.url), "utf8"));
const satisfiesSchema = new Ajv({ allowUnionTypes: true }).compile(schema);

/** Messages that are nearly right: every field is right, wrong or missing. */
const nearlyMessages = fc.record(
  {
    type: fc.constantFrom<unknown>("user", "", 5),
    key: fc.constantFrom<unknown>("1", "", null),
    value: fc.constantFrom<unknown>({ name: "Ada" }, "dark", null),
    old_value: fc.constantFrom<unknown>({ name: "A" }, 0),
    headers: fc.oneof(
      fc.constant(null),
      fc.record(
        {
          operation: fc.constantFrom<unknown>("insert", "update", "delete", "upsert", "replace", null),
          control: fc.constantFrom<unknown>("reset", "snapshot-start", "snapshot-end", "stop", 1),
          txid: fc.constantFrom<unknown>("t1", "", 7),
          timestamp: fc.constantFrom<unknown>("2026-01-15T10:30:00Z", 7),
          sourceApp: fc.constant("test"),
          offset: fc.constantFrom<unknown>("0000000000000000_0000000000000001", 1),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
);

describe("checkMessage", () => {
  it("accepts every message that the official package makes, which its own JSON Schema refuses", () => {
    const headers = { operation: "upsert", from: "a", offset: "0_1", sourceApp: "b", txid: "t" };
    const message = { type: "user", key: "1", value: 1, headers };
    expect(checkMessage(message)).toEqual({ kind: "change" });
    expect(satisfiesSchema(message)).toBe(true);
  });

  it("gives any input a verdict, and the guards an answer", () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        checkMessage(input);
        isChangeEvent(input as never);
        isControlEvent(input as never);
      }),
    );
  });

  it("agrees with the published JSON Schema", () => {
    const fits = (message: { headers?: Record<string, unknown> | null }) => {
      const verdict = checkMessage(message);
      if (verdict.kind === "change") return checkHeaders(message.headers ?? {}) === undefined;
      const offset = message.headers?.offset;
      return verdict.kind === "control" && (offset === undefined || typeof offset === "string");
    };
    fc.assert(
      fc.property(nearlyMessages, (message) => {
        expect(fits(message)).toBe(satisfiesSchema(message));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    [5, "MALFORMED_MESSAGE"],
    [{}, "MALFORMED_MESSAGE"],
    [{ headers: {} }, "MALFORMED_MESSAGE"],
    [{ headers: { operation: "replace" } }, "UNKNOWN_OPERATION"],
    [{ headers: { control: "stop" } }, "UNKNOWN_CONTROL"],
    [{ type: "", key: "1", value: 1, headers: { operation: "insert" } }, "MALFORMED_MESSAGE"],
    [{ type: "user", key: "1", headers: { operation: "insert" } }, "MALFORMED_MESSAGE"],
  ])("refuses %j as %s", (message, code) => {
    expect(checkMessage(message)).toMatchObject({ rejection: { code } });
    expect(satisfiesSchema(message)).toBe(false);
  });
});

describe("the guards", () => {
  it("tell changes from control messages", () => {
    const change = { type: "user", key: "1", value: 1, headers: { operation: "insert" } } as const;
    const control = { headers: { control: "reset" } } as const;
    expect([isChangeEvent(change), isControlEvent(change)]).toEqual([true, false]);
    expect([isChangeEvent(control), isControlEvent(control)]).toEqual([false, true]);
  });

  it.each([null, undefined, 5, {}, { headers: 1 }])("are false for %j", (malformed) => {
    expect(isChangeEvent(malformed as never)).toBe(false);
    expect(isControlEvent(malformed as never)).toBe(false);
  });
});
