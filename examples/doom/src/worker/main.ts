/** The worker in which the engine runs: a stranger's session may make it hang, and the page then ends it. */
import { Doom, type OnSound, type Start } from "../../shared/engine/doom.ts";
import { sentenceOf } from "../sentence.ts";
import { Game } from "./game.ts";
import type { FromWorker, Status, ToWorker } from "./messages.ts";
import { Screen } from "./screen.ts";
import { Sounds } from "./sounds.ts";
import type { Surroundings } from "./surroundings.ts";
import { Wire } from "./wire.ts";

/** Looks this often whether something is due, in ms. */
const LOOK_EVERY_MS = 8;
const STATUS_EVERY_MS = 100;
const NOTHING_OPEN: Omit<Status, "wire"> = {
  ...{
    name: undefined,
    isMine: false,
    mode: "idle",
    isPaused: false,
    isBot: false,
    tick: 0,
    length: 0,
    hash: "",
  },
  ...{
    waiting: 0,
    waitingMs: 0,
    health: 0,
    kills: 0,
    map: 0,
    watchers: 0,
    checks: 0,
    differs: false,
    lastSeekMs: 0,
  },
};

type Starting = Extract<ToWorker, { type: "start" }>;

const post = (message: FromWorker, transfer: Transferable[] = []): void =>
  self.postMessage(message, { transfer });

/** Fetches the engine and its data. @throws a sentence */
async function fetchEngine(
  url: string,
): Promise<{ module: WebAssembly.Module; wad: Uint8Array<ArrayBuffer> }> {
  const [engine, data] = await Promise.all(
    [`${url}/doom.wasm`, `${url}/freedoom.wad`].map((part) => fetch(part)),
  );
  if (!engine!.ok || !data!.ok)
    throw new Error("The engine is not there. How to build it is in the README of this example.");
  const [module, wad] = await Promise.all([
    WebAssembly.compile(await engine!.arrayBuffer()),
    data!.arrayBuffer(),
  ]);
  return { module, wad: new Uint8Array(wad) };
}

/** The game that is open, and what is asked of it. */
class Host {
  readonly #screen: Screen;
  readonly #wire: Wire;
  readonly #sounds: Sounds;
  readonly #around: Surroundings;
  #game: Game | undefined;
  /** Ends what is being opened. */
  #opening = new AbortController();
  /** How many ticks were stored at the last look, and when that changed. */
  #stored = 0;
  #progressAt = 0;
  #lastStatus = 0;

  constructor({ canvas, streamsUrl }: Starting, { module, wad }: Awaited<ReturnType<typeof fetchEngine>>) {
    this.#screen = new Screen(canvas);
    this.#wire = new Wire(streamsUrl);
    this.#sounds = new Sounds(wad, (sound, transfer) => post({ type: "sound", ...sound }, transfer));
    const onSound: OnSound = (lump, volume, separation) => {
      // What is played without being drawn is not heard either.
      if (this.#game !== undefined && this.#game.mode !== "seeking")
        this.#sounds.play(lump, volume, separation);
    };
    this.#around = {
      place: { streamsUrl, fetch: this.#wire.fetch },
      startEngine: (start: Start): Doom => Doom.start(module, wad, start, onSound),
      show: (doom) => this.#screen.draw(doom),
      problem: (text) => post({ type: "problem", text }),
    };
    setInterval(() => this.#look(performance.now()), LOOK_EVERY_MS);
  }

  take(message: ToWorker): void {
    const game = this.#game;
    if (message.type === "open") void this.#change((signal) => Game.open(this.#around, message, signal));
    else if (message.type === "begin") void this.#change(() => Game.begin(this.#around, message));
    else if (message.type === "sounds") this.#sounds.isOn = message.isOn;
    else if (game === undefined) return;
    else if (message.type === "fork") void this.#change(() => game.fork());
    else if (message.type === "seek") this.#caught(game.seek(message.tick));
    else if (message.type === "newest") this.#caught(game.newest());
    else if (message.type === "command") game.command(message.command, message.nudge);
    else if (message.type === "map") this.#guarded(() => game.toggleMap());
    else if (message.type === "pause") game.isPaused = message.isPaused;
    else if (message.type === "bot") game.isBot = message.isOn;
  }

  #look(now: number): void {
    this.#guarded(() => this.#game?.look(now));
    if (now - this.#lastStatus < STATUS_EVERY_MS) return;
    this.#lastStatus = now;
    this.#game?.checks.compare();
    post({ type: "status", status: this.#status(now) });
  }

  /** Puts another game in the place of the present one. A later wish ends this one: a slow line is for the newest alone. */
  async #change(make: (signal: AbortSignal) => Promise<Game>): Promise<void> {
    this.#opening.abort();
    const opening = new AbortController();
    this.#opening = opening;
    try {
      const made = await make(opening.signal);
      if (opening.signal.aborted) return made.close();
      // What is open ends with its game, and no longer with what is opened next.
      this.#opening = new AbortController();
      this.#game?.close();
      this.#game = made;
      this.#screen.draw(made.doom);
      post({ type: "opened", name: made.name, isMine: made.isMine });
    } catch (error) {
      if (!opening.signal.aborted) post({ type: "problem", text: sentenceOf(error as Error) });
    }
  }

  #status(now: number): Status {
    const game = this.#game;
    const waiting = game?.waiting ?? 0;
    const waitingMs = this.#waitingMs(now, (game?.tick ?? 0) - waiting, waiting);
    if (game === undefined) return { ...NOTHING_OPEN, wire: this.#wire.report() };
    const { name, isMine, mode, isPaused, isBot, tick, length, lastSeekMs } = game;
    const { health, kills, map } = game.doom.player();
    return {
      ...{
        name,
        isMine,
        mode,
        isPaused,
        isBot,
        tick,
        length,
        waiting,
        waitingMs,
        health,
        kills,
        map,
        lastSeekMs,
      },
      hash: `${tick}:${game.doom.hash().toString(16)}`,
      watchers: game.watchers.count,
      checks: game.checks.count,
      differs: game.checks.differs,
      wire: this.#wire.report(),
    };
  }

  /** For how long nothing was stored although something waits, in ms. */
  #waitingMs(now: number, stored: number, waiting: number): number {
    if (waiting === 0 || stored !== this.#stored) this.#progressAt = now;
    this.#stored = stored;
    return now - this.#progressAt;
  }

  /** What breaks the engine ends the session, not the worker. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#game?.close();
      this.#game = undefined;
      post({ type: "problem", text: `The engine stopped: ${(error as Error).message}` });
    }
  }

  #caught(work: Promise<void>): void {
    work.catch((error: Error) => post({ type: "problem", text: sentenceOf(error) }));
  }
}

let host: Promise<Host> | undefined;
self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "start") {
    host = fetchEngine(data.engineUrl).then((engine) => new Host(data, engine));
    host.catch((error: Error) => post({ type: "problem", text: error.message }));
  } else
    void host?.then(
      (ready) => ready.take(data),
      () => {},
    );
};
