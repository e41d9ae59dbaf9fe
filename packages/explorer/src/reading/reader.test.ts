import { Random, replayOf, Seeds } from "@perennial/testing";
import { describe, expect, test } from "vitest";
import type { Row } from "../feed/cut-rows.ts";
import { Reader } from "./reader.ts";

const encoder = new TextEncoder();
const rows = (...texts: readonly string[]): Row[] =>
  texts.map((text) => ({ position: 0, end: 0, bytes: encoder.encode(text) }));
const json = (...messages: readonly unknown[]): Row[] =>
  rows(...messages.map((message) => JSON.stringify(message)));
const shown = (reader: Reader) =>
  reader.turns.map(({ who, blocks, isOpen }) => [who, blocks.join(""), isOpen] as const);

describe("a reader", () => {
  test("joins lines to text, also where a character is cut", () => {
    const reader = new Reader("text", undefined);
    const bytes = encoder.encode("One 🌱\ntwo");
    for (const byte of bytes) reader.apply([{ position: 0, end: 0, bytes: Uint8Array.of(byte) }]);
    expect(shown(reader)).toEqual([[undefined, "One 🌱\ntwo", true]]);
  });

  test("has a turn for each that speaks, several at once where the messages tell them apart", () => {
    const reader = new Reader("json", undefined);
    reader.apply(
      json(
        { type: "TEXT_MESSAGE_START", messageId: "a", role: "assistant" },
        { type: "TEXT_MESSAGE_START", messageId: "b", role: "critic" },
        { type: "TEXT_MESSAGE_CONTENT", messageId: "a", delta: "Yes" },
        { type: "TEXT_MESSAGE_CONTENT", messageId: "b", delta: "No" },
        { type: "TEXT_MESSAGE_CONTENT", messageId: "a", delta: ", but" },
        { type: "TEXT_MESSAGE_END", messageId: "b" },
      ),
    );
    expect(shown(reader)).toEqual([
      ["assistant", "Yes, but", true],
      ["critic", "No", false],
    ]);
  });

  test("reads what came before it knew how", () => {
    const reader = new Reader("json", undefined);
    reader.apply(json({ type: "message_start", message: { role: "assistant" } }));
    expect(reader.shape).toBeUndefined();
    reader.apply(json({ type: "content_block_delta", delta: { type: "text_delta", text: "Hello" } }));
    expect(reader.shape?.name).toBe("Anthropic");
    expect(shown(reader)).toEqual([["assistant", "Hello", true]]);
  });

  test("ends a turn that was cut off when another begins", () => {
    const reader = new Reader("json", undefined);
    const answer = (text: string) => [{ type: "start" }, { type: "text-delta", delta: text }];
    reader.apply(json(...answer("I was going to"), ...answer("Again")));
    expect(shown(reader)).toEqual([
      ["assistant", "I was going to", false],
      ["assistant", "Again", true],
    ]);
  });

  test("takes strings and what is no object for what they are", () => {
    const reader = new Reader("json", undefined);
    reader.apply(rows('"Hel"', "1", "null", "[]", '"lo"'));
    expect(shown(reader)).toEqual([[undefined, "Hello", true]]);
  });

  const seeds = new Seeds(20);
  test(`cuts long text into blocks and loses none of it, for ${seeds}`, () => {
    for (const seed of seeds) {
      const random = new Random(seed);
      const pieces = Array.from({ length: 200 }, () =>
        random.chance(0.2) ? "\n" : "word ".repeat(random.below(200)),
      );
      const reader = new Reader("text", undefined);
      for (const piece of pieces) reader.apply(rows(piece));
      const { blocks } = reader.turns[0]!;
      expect(blocks.join(""), replayOf(seed)).toBe(pieces.join(""));
      for (const block of blocks.slice(0, -1))
        expect(
          block.length === 16_000 || (block.endsWith("\n") && block.length < 17_000),
          replayOf(seed),
        ).toBe(true);
    }
  });
});
