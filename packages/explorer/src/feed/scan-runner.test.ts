import { describe, expect, test } from "vitest";
import type { Row } from "./cut-rows.ts";
import { ScanRunner } from "./scan-runner.ts";

/** Rows of one byte, so that a row's number is its position. */
const row = (position: number): Row => ({ position, end: position + 1, bytes: Uint8Array.of(position) });
const range = (from: number, to: number): Row[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => row(from + index));

/** A stream of which the rows from `hand` on are at hand, and a server that answers when it is let. */
class World {
  hand = 100;
  end = 100;
  now = 0;
  readonly asked: string[] = [];
  readonly #pauses: (() => void)[] = [];
  answer: (from: number, to: number) => AsyncIterable<readonly Row[]> = async function* (from, to) {
    for (let at = from; at < to; at += 10) yield range(at, Math.min(at + 10, to));
  };
  readonly runner = new ScanRunner(
    {
      rowsAtHand: (position) => (position < this.hand ? [] : range(position, this.end)),
      read: (from, to) => {
        this.asked.push(`${from}-${to}`);
        return this.answer(from, Math.min(to, this.end));
      },
      pause: () => new Promise((resolve) => this.#pauses.push(resolve)),
      now: () => this.now,
    },
    () => {
      const seen: number[] = [];
      return {
        seen,
        apply: (rows: readonly Row[]) => void seen.push(...rows.map(({ position }) => position)),
      };
    },
    0,
  );

  pass(): void {
    for (const resume of this.#pauses.splice(0)) resume();
  }

  seen(): number[] {
    return this.runner.snapshot().scan.seen;
  }
}

const numbers = (to: number): number[] => range(0, to).map(({ position }) => position);

describe("a scan", () => {
  test("reads what is not at hand, and takes what is at once, as often as something comes", async () => {
    const world = new World();
    world.runner.aim(100);
    world.pass();
    await expect.poll(() => world.seen()).toEqual(numbers(100));
    for (world.end = 101; world.end <= 150; world.end++) {
      world.runner.aim(world.end);
      expect(world.runner.snapshot().position).toBe(world.end);
    }
    expect(world.seen()).toEqual(numbers(150));
    expect(world.asked).toEqual(["0-100"]);
  });

  test("gets on though its target moves on without a pause", async () => {
    const world = new World();
    world.hand = 1_000_000;
    for (let round = 0; round < 50; round++) {
      world.end += 1;
      world.runner.aim(world.end);
      world.pass();
      await new Promise(setImmediate);
    }
    expect(world.runner.snapshot().position).toBeGreaterThan(100);
  });

  test("begins anew when its target moves back, and drops what it was reading", async () => {
    const world = new World();
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    world.answer = async function* (from, to) {
      yield range(from, from + 10);
      await held;
      yield range(from + 10, to);
    };
    world.runner.aim(100);
    world.pass();
    await expect.poll(() => world.seen()).toEqual(numbers(10));
    world.runner.aim(5);
    world.answer = async function* (from, to) {
      yield range(from, to);
    };
    letGo();
    await expect
      .poll(() => {
        world.pass();
        return world.seen();
      })
      .toEqual(numbers(5));
    expect(world.asked).toEqual(["0-100", "0-5"]);
  });

  test("says why it cannot read, and tries again when it is aimed again", async () => {
    const world = new World();
    const { answer } = world;
    world.answer = () => {
      throw new Error("offline");
    };
    world.runner.aim(100);
    world.pass();
    await expect.poll(() => world.runner.snapshot().failure).toBe("offline");
    world.answer = answer;
    world.runner.aim(100);
    world.pass();
    await expect.poll(() => world.seen()).toEqual(numbers(100));
    expect(world.runner.snapshot().failure).toBeUndefined();
  });

  test("ends where the stream ends, though it was to go further", async () => {
    const world = new World();
    world.end = 50;
    world.runner.aim(100);
    world.pass();
    await expect.poll(() => world.seen()).toEqual(numbers(50));
    await expect
      .poll(() => {
        world.pass();
        return world.asked;
      })
      .toEqual(["0-100", "50-100"]);
  });
});
