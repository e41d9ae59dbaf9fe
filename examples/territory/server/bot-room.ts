/** The bots of one room: each an ordinary peer of its document, with a copy and a provider of its own. */
import { YjsProvider } from "@perennial/yjs";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { Game } from "../shared/game.ts";
import { YJS_PATH } from "../shared/lobby.ts";
import { type Cell, directionTo, MOVE_MS, type Room } from "../shared/rules.ts";
import { CHARACTERS, type Character, chooseLoop } from "./strategy.ts";

/** Bots think for a while before a new loop, so that people have a chance, ms. */
const THINK_MS = 500;
const NAMES: Readonly<Record<Character, string>> = {
  destroyer: "Magpie",
  explorer: "Heron",
  greedy: "Hamster",
  balanced: "Fox",
};

interface Bot {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly provider: YjsProvider;
  readonly game: Game;
  readonly character: Character;
  path: Cell[];
  thinksUntil: number;
}

export class BotRoom {
  readonly #room: Room;
  readonly #bots: Bot[] = [];
  /** Somebody who only looks: it knows who is there, also in a room without bots. */
  readonly #watcher: Bot;
  readonly #timer: NodeJS.Timeout;

  constructor(origin: string, room: Room, bots: number) {
    this.#room = room;
    this.#watcher = this.#peer(origin, "balanced");
    this.#watcher.awareness.setLocalState(null);
    for (const [index, character] of CHARACTERS.slice(0, bots).entries()) {
      const bot = this.#peer(origin, character);
      this.#bots.push(bot);
      void bot.provider.connect().then(() => bot.game.join(cornerOf(index, room.size)));
    }
    void this.#watcher.provider.connect();
    this.#timer = setInterval(() => this.#step(), MOVE_MS);
  }

  /** How many people are in the room. */
  people(): number {
    return [...this.#watcher.awareness.getStates().values()].filter(({ type }) => type === "human").length;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const { game } of this.#bots) game.leave();
    const all = [...this.#bots, this.#watcher];
    await Promise.all(all.map(({ provider }) => provider.flush()));
    for (const { provider, awareness, doc } of all) {
      provider.destroy();
      awareness.destroy();
      doc.destroy();
    }
  }

  #peer(origin: string, character: Character): Bot {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    const { id, size } = this.#room;
    const provider = new YjsProvider({
      doc,
      awareness,
      baseUrl: origin + YJS_PATH,
      docId: id,
      connect: false,
    });
    const playerId = crypto.randomUUID().slice(0, 8);
    const game = new Game({
      ...{ doc, awareness, size, playerId, name: NAMES[character], type: "bot" },
      ...{ now: Date.now, random: Math.random },
    });
    return { doc, awareness, provider, game, character, path: [], thinksUntil: 0 };
  }

  #step(): void {
    // Nobody plays against nobody.
    if (this.people() === 0) return;
    const now = Date.now();
    this.#bots[0]?.game.tick();
    for (const bot of this.#bots) if (bot.thinksUntil <= now) this.#move(bot, now);
  }

  #move(bot: Bot, now: number): void {
    const { game, character } = bot;
    const me = game.me;
    if (me === undefined || game.phase().kind !== "running") {
      bot.path = [];
      return;
    }
    if (bot.path.length === 0) {
      bot.path = chooseLoop(game.board, game.id, me, character, Math.random);
      bot.thinksUntil = now + Math.random() * THINK_MS;
      return;
    }
    const direction = directionTo(me, bot.path[0]!);
    const result = direction === undefined ? "moved" : game.move(direction);
    const at = game.me!;
    if (at.x === bot.path[0]!.x && at.y === bot.path[0]!.y) bot.path.shift();
    if (result === "bumped" || result === "blocked") bot.path = [];
  }
}

function cornerOf(index: number, size: number): Cell {
  const [near, far] = [3, size - 4];
  return { x: index % 2 === 0 ? near : far, y: index === 0 || index === 3 ? near : far };
}
