import { describe, expect, test } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { CHARACTERS, chooseLoop } from "../server/strategy.ts";
import { Board } from "../shared/board.ts";
import { Game, type GameOptions } from "../shared/game.ts";
import {
  type Cell,
  directionTo,
  enclosed,
  GAME_MS,
  parseRoom,
  roomId,
  STUN_MS,
  winningCells,
} from "../shared/rules.ts";

/** A generator of numbers in [0, 1) that repeats itself. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("loops", () => {
  /** Draws a board: `#` one's own, `o` somebody else's, `.` nobody's. */
  const owners = (rows: string[]) => [...rows.join("")].map((sign) => ({ "#": 1, o: 2 })[sign] ?? 0);

  test("take what they enclose, other players' cells, too", () => {
    const board = owners([".....", ".###.", ".#o#.", ".###.", "....."]);
    expect(enclosed(board, 5, 1)).toEqual([12]);
  });

  test("may close at corners, and take nothing when they are open or lean on the border", () => {
    expect(enclosed(owners([".....", "..#..", ".#.#.", "..#..", "....."]), 5, 1)).toEqual([12]);
    expect(enclosed(owners([".....", ".##..", ".#.#.", ".#.#.", "....."]), 5, 1)).toEqual([]);
    expect(enclosed(owners(["..#..", "..#..", "###..", ".....", "....."]), 5, 1)).toEqual([]);
  });

  test("take what a slow search says, on random boards", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const size = 4 + Math.floor(random() * 8);
      const board = Array.from({ length: size * size }, () => (random() < 0.5 ? 1 : 0));
      expect(enclosed(board, size, 1), `seed ${seed}`).toEqual(slowly(board, size));
    }
  });

  /** Cells from which no way leads to the border. */
  function slowly(board: readonly number[], size: number): number[] {
    const isOut = (index: number): boolean => {
      const [x, y] = [index % size, Math.floor(index / size)];
      return x === 0 || y === 0 || x === size - 1 || y === size - 1;
    };
    const free = new Set(board.flatMap((owner, index) => (owner === 0 && isOut(index) ? [index] : [])));
    for (let before = -1; before !== free.size; ) {
      before = free.size;
      for (let index = 0; index < board.length; index++) {
        if (board[index] !== 0 || isOut(index)) continue;
        if ([index - 1, index + 1, index - size, index + size].some((next) => free.has(next)))
          free.add(index);
      }
    }
    return board.flatMap((owner, index) => (owner === 0 && !free.has(index) ? [index] : []));
  }
});

test("a room's id says its board, and other texts are no rooms", () => {
  expect(parseRoom(roomId("Ada's garden!", 64))).toEqual({
    id: "ada-s-garden__64x64",
    name: "ada-s-garden",
    size: 64,
  });
  for (const id of ["", "garden", "garden__64x32", "garden__65x65", "a/b__64x64", `${"x".repeat(41)}__64x64`])
    expect(parseRoom(id)).toBeUndefined();
});

describe("a game", () => {
  let time = 0;
  const now = () => time;

  function player(doc: Y.Doc, name: string, type: "human" | "bot" = "human") {
    const options: GameOptions = {
      ...{ doc, awareness: new Awareness(doc), size: 32, playerId: name, name, type, now, random: seeded(1) },
    };
    return new Game(options);
  }

  function walk(game: Game, ...steps: Parameters<Game["move"]>[0][]): string[] {
    return steps.map((step) => {
      time += 120;
      return game.move(step);
    });
  }

  test("starts with the first person, and a closed loop is taken", () => {
    const ada = player(new Y.Doc(), "Ada");
    expect(ada.phase()).toEqual({ kind: "waiting" });
    ada.join({ x: 10, y: 10 });
    expect(ada.phase().kind).toBe("running");
    walk(ada, "right", "right", "down", "down", "left", "left", "up");
    expect(ada.board.count("Ada")).toBe(9);
  });

  test("is no faster than its rule, and ends at the border", () => {
    const ada = player(new Y.Doc(), "Ada");
    ada.join({ x: 0, y: 5 });
    expect(walk(ada, "left", "right")).toEqual(["blocked", "moved"]);
    time += 60;
    expect(ada.move("right")).toBe("too-soon");
  });

  test("stuns both who bump into each other, and moves neither", () => {
    const doc = new Y.Doc();
    const [ada, grace] = [player(doc, "Ada"), player(doc, "Grace")];
    ada.join({ x: 5, y: 5 });
    grace.join({ x: 6, y: 5 });
    expect(walk(ada, "right")).toEqual(["bumped"]);
    expect(walk(grace, "down")).toEqual(["stunned"]);
    expect(ada.me).toMatchObject({ x: 5, y: 5 });
    time += STUN_MS;
    expect(walk(grace, "down")).toEqual(["moved"]);
  });

  test("is won with 30 % of the board, and begins anew with a rematch", () => {
    const ada = player(new Y.Doc(), "Ada");
    ada.join({ x: 4, y: 4 });
    const side = (direction: "up" | "down" | "left" | "right") => Array.from({ length: 18 }, () => direction);
    walk(ada, ...side("right"), ...side("down"), ...side("left"), ...side("up"));
    expect(ada.board.count("Ada")).toBeGreaterThanOrEqual(winningCells(32));
    ada.tick();
    expect(ada.phase().kind).toBe("over");
    expect(walk(ada, "up")).toEqual(["not-running"]);
    ada.rematch();
    expect(ada.phase().kind).toBe("running");
    expect(ada.board.count("Ada")).toBe(1);
  });

  test("ends after two minutes", () => {
    const ada = player(new Y.Doc(), "Ada");
    ada.join();
    time += GAME_MS - 1;
    ada.tick();
    expect(ada.phase().kind).toBe("running");
    time += 1;
    ada.tick();
    expect(ada.phase().kind).toBe("over");
  });

  test("is left by whoever is gone from awareness", () => {
    const doc = new Y.Doc();
    const ada = player(doc, "Ada");
    ada.join();
    player(new Y.Doc(), "x");
    doc.getMap("players").set("ghost", { x: 1, y: 1, name: "Ghost", color: "#000000" });
    for (let passed = 0; passed <= 7; passed++) {
      ada.tick();
      time += 1_000;
    }
    expect([...ada.players.keys()]).toEqual(["Ada"]);
  });
});

test("a bot's loops stay on the board, and end where they begin, whatever it is like", () => {
  const board = new Board(new Y.Doc().getMap("cells"), 32);
  for (const character of CHARACTERS)
    for (let seed = 1; seed <= 50; seed++) {
      const from: Cell = { x: seed % 32, y: (seed * 7) % 32 };
      const loop = chooseLoop(board, "me", from, character, seeded(seed));
      for (const { x, y } of loop) expect(x >= 0 && y >= 0 && x < 32 && y < 32, `seed ${seed}`).toBe(true);
      expect(loop.at(-1)).toEqual(loop[0]);
    }
});

test("one steps along the longer side first", () => {
  expect(directionTo({ x: 0, y: 0 }, { x: 3, y: 1 })).toBe("right");
  expect(directionTo({ x: 0, y: 0 }, { x: -1, y: -2 })).toBe("up");
  expect(directionTo({ x: 1, y: 1 }, { x: 1, y: 1 })).toBeUndefined();
});

test("cells that peers store under odd names are none", () => {
  const doc = new Y.Doc();
  const cells = doc.getMap<never>("cells");
  const board = new Board(cells as never, 32);
  for (const key of ["99,1", "a,b", "1,2,3", "-1,0"]) cells.set(key, { owner: "x", claimedAt: 0 } as never);
  cells.set("1,2", 7 as never);
  expect(board.count("x")).toBe(0);
  expect(board.owners.every((owner) => owner === 0)).toBe(true);
});
