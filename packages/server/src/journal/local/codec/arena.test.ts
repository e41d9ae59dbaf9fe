import { expect, test } from "vitest";
import { Arena } from "./arena.ts";

test("pieces do not overlap, within a block and beyond", () => {
  const arena = new Arena();
  const pieces = [10, 1_500_000, 1_500_000, 3_000_000, 10].map((length, index) => {
    arena.reserve(length);
    return { length, fill: index + 1, piece: arena.take(length).fill(index + 1) };
  });
  for (const { length, fill, piece } of pieces) {
    expect(piece.length).toBe(length);
    expect(piece.every((byte) => byte === fill)).toBe(true);
  }
});

test("a block is used again after a reset", () => {
  const arena = new Arena();
  arena.reserve(100);
  const before = arena.take(100);
  arena.reset();
  arena.reserve(100);
  expect(arena.at).toBe(0);
  expect(arena.take(100).buffer).toBe(before.buffer);
});

test("a block larger than usual is not kept", () => {
  const arena = new Arena();
  arena.reserve(5_000_000);
  const before = arena.take(5_000_000);
  arena.reset();
  arena.reserve(100);
  expect(arena.take(100).buffer).not.toBe(before.buffer);
});
