/** The bot of the first screen: it plays while somebody may be looking, each time for ten minutes, and its sessions are like any other. */
import { createTimeline, type TimelinePlace } from "@perennial/timeline";
import { Bot } from "../shared/bot.ts";
import { Doom, RATE } from "../shared/engine/doom.ts";
import { Recording } from "../shared/recording.ts";
import { announce, BOT_LIMITS, formatOf, newSessionId } from "../shared/sessions.ts";
import { loadEngine } from "./engine-files.ts";

const GAME_TICKS = 10 * 60 * RATE;
/** Without a visitor for so long it rests, in ms. */
const REST_AFTER_MS = 5 * 60_000;
const TICK_MS = 1_000 / RATE;
const START = { skill: 2, map: 1 };
/** After something went wrong, say a full disk, it tries again. */
const PAUSE_MS = 5_000;

export class BotHost {
  readonly #place: TimelinePlace;
  readonly #engine = loadEngine();
  #lastVisit = 0;
  #timer: NodeJS.Timeout | undefined;
  #playing: Promise<void> | undefined;
  #recording: Recording | undefined;

  constructor(place: TimelinePlace) {
    this.#place = place;
  }

  /** Somebody looks at the page. */
  visit(): void {
    this.#lastVisit = performance.now();
    if (this.#engine === undefined) return;
    this.#playing ??= this.#play(this.#engine).catch(async (error: Error) => {
      console.error(`The bot stopped: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref());
      this.#playing = undefined;
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#lastVisit = Number.NEGATIVE_INFINITY;
    await this.#recording?.detach();
  }

  async #play({ module, wad }: NonNullable<ReturnType<typeof loadEngine>>): Promise<void> {
    const [place, name] = [this.#place, newSessionId()];
    await createTimeline(place, name, formatOf(START), BOT_LIMITS);
    await announce(place, { id: name, by: "bot", at: Date.now() });
    const doom = Doom.start(module, wad, START);
    const bot = new Bot(Math.random);
    await new Promise<void>((resolve, reject) => {
      const ttlSeconds = BOT_LIMITS.ttlSeconds;
      const recording = new Recording({ place, name, doom, ttlSeconds, onEnd: reject });
      this.#recording = recording;
      let next = performance.now();
      this.#timer = setInterval(() => {
        const now = performance.now();
        if (doom.tick >= GAME_TICKS) return resolve();
        // A rest is no part of the game: after it one plays on.
        if (now - this.#lastVisit > REST_AFTER_MS || now - next > 10 * TICK_MS) next = now;
        for (; next < now; next += TICK_MS) recording.play(bot.command(doom));
      }, TICK_MS / 2);
    }).finally(() => clearInterval(this.#timer));
    await this.#recording?.detach();
    this.#playing = undefined;
  }
}
