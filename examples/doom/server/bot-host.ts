/** The bot of the first screen: it plays while somebody may be looking, each time for ten minutes, and its sessions are like any other. */
import { createTimeline, pause, type TimelinePlace } from "@perennial/timeline";
import { Bot } from "../shared/bot.ts";
import { type Doom, RATE, type Start } from "../shared/engine/doom.ts";
import { Recording } from "../shared/recording.ts";
import { announce, BOT_LIMITS, formatOf, newSessionId } from "../shared/sessions.ts";

const GAME_TICKS = 10 * 60 * RATE;
/** Without a visitor for so long it stops, in ms. Its session may be gone when the next one comes, so that one sees a new one. */
const REST_AFTER_MS = 5 * 60_000;
const TICK_MS = 1_000 / RATE;
const START = { skill: 2, map: 1 };
/** After something went wrong, say a full disk, it tries again: the first time after this, then after twice as long each time, in ms. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** A game that went on for so long did not go wrong at once, in ticks. */
const GOOD_TICKS = 60 * RATE;

export interface BotHostOptions {
  readonly place: TimelinePlace;
  readonly startGame: (start: Start) => Doom;
  /** Told what went wrong. Default: standard error. */
  readonly log?: ((line: string) => void) | undefined;
}

export class BotHost {
  readonly #options: BotHostOptions;
  readonly #stop = new AbortController();
  #lastVisit = 0;
  #running: Promise<void> | undefined;
  #failures = 0;

  constructor(options: BotHostOptions) {
    this.#options = options;
  }

  /** Somebody looks at the page. */
  visit(): void {
    this.#lastVisit = performance.now();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  get #isWanted(): boolean {
    return !this.#stop.signal.aborted && performance.now() - this.#lastVisit <= REST_AFTER_MS;
  }

  /** One game after the other. Whatever ends one, the next begins. */
  async #run(): Promise<void> {
    const log = this.#options.log ?? console.error;
    while (this.#isWanted) {
      try {
        await this.#play();
        this.#failures = 0;
      } catch (error) {
        const ms = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS);
        log(`The bot's game ended: ${(error as Error).message}. Another begins in ${ms / 1_000} s.`);
        await pause(ms, this.#stop.signal);
      }
    }
  }

  async #play(): Promise<void> {
    const { place, startGame } = this.#options;
    const name = newSessionId();
    const doom = startGame(START);
    await createTimeline(place, name, formatOf(START), BOT_LIMITS);
    // It plays, listed or not: the list may be full.
    announce(place, { id: name, by: "bot", at: Date.now() }).catch(() => {});
    const failed = new AbortController();
    const recording = new Recording({
      ...{ place, name, doom, ttlSeconds: BOT_LIMITS.ttlSeconds },
      onEnd: (error) => failed.abort(error),
    });
    try {
      await this.#tick(doom, recording, failed.signal);
    } catch (error) {
      if (doom.tick > GOOD_TICKS) this.#failures = 0;
      // What was played is stored if that can be; the next game does not wait for it.
      recording.detach().catch(() => {});
      throw error;
    }
    await recording.detach();
  }

  /** Plays until the game is over or nobody looks. @throws what stopped the recording, or the engine */
  #tick(doom: Doom, recording: Recording, failed: AbortSignal): Promise<void> {
    const bot = new Bot(Math.random);
    let timer: NodeJS.Timeout | undefined;
    let next = performance.now();
    return new Promise<void>((resolve, reject) => {
      timer = setInterval(() => {
        // What a timer throws would end the process.
        try {
          failed.throwIfAborted();
          if (doom.tick >= GAME_TICKS || !this.#isWanted) return resolve();
          const now = performance.now();
          if (now - next > 10 * TICK_MS) next = now;
          for (; next < now; next += TICK_MS) recording.play(bot.command(doom));
        } catch (error) {
          reject(error);
        }
      }, TICK_MS / 2);
    }).finally(() => clearInterval(timer));
  }
}
