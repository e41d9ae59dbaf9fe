/** A session that is open: played, watched, or wound to some moment. */
import {
  createTimeline,
  encodeHeader,
  FrameLog,
  forkTimeline,
  HashTrail,
  Playback,
  PlaybackClock,
  Snapshots,
  TimelineReader,
} from "@perennial/timeline";
import { Bot } from "../../shared/bot.ts";
import { type Command, RESTING } from "../../shared/commands.ts";
import { type Doom, FRAME_BYTES, RATE, type Start } from "../../shared/engine/doom.ts";
import { Recording } from "../../shared/recording.ts";
import { announce, formatOf, newSessionId, SESSION_LIMITS, startOf } from "../../shared/sessions.ts";
import { sentenceOf } from "../sentence.ts";
import { Checks } from "./checks.ts";
import type { Mode } from "./messages.ts";
import type { Surroundings, Wish } from "./surroundings.ts";
import { Watchers } from "./watchers.ts";

const TICK_MS = 1_000 / RATE;
/** A worker that did not run for longer does not make up for it, in ticks. */
const MAX_CATCH_UP = 5;
/** More than these are played in pieces, so that the worker answers meanwhile, in ticks. */
const MAX_AT_ONCE = 10 * RATE;
/** As much as a session may have, of frames: `SESSION_LIMITS`. */
const MAX_FRAME_BYTES = 4_000_000;

/** What is known of a session's frames. */
type Tape = Pick<TimelineReader, "frames" | "format" | "headerBytes">;

export class Game {
  readonly #around: Surroundings;
  readonly #stop = new AbortController();
  readonly #clock = new PlaybackClock({ rate: RATE, delayFrames: 2 });
  readonly name: string;
  readonly isMine: boolean;
  readonly doom: Doom;
  readonly checks: Checks;
  readonly watchers: Watchers;
  readonly #tape: Tape;
  readonly #playback: Playback;
  #recording: Recording | undefined;
  mode: Mode;
  isPaused = false;
  #bot: Bot | undefined;
  #command: Command = RESTING;
  #nudge = 0;
  #nextTickAt = 0;
  #seeks = 0;
  lastSeekMs = 0;

  private constructor(
    around: Surroundings,
    name: string,
    isMine: boolean,
    doom: Doom,
    tape: Tape,
    branch?: Playback,
  ) {
    const { place } = around;
    const { signal } = this.#stop;
    this.#around = around;
    this.name = name;
    this.isMine = isMine;
    this.doom = doom;
    this.#tape = tape;
    this.mode = isMine ? "playing" : "live";
    const snapshots = new Snapshots(place, name);
    const trail = new HashTrail(place, name);
    this.checks = new Checks(doom, trail);
    doom.afterStep = () => this.checks.note();
    this.#playback =
      branch?.branch(tape.frames, snapshots) ??
      new Playback({ machine: doom, frames: tape.frames, snapshots });
    this.watchers = new Watchers(place, name, signal);
    // What is beside the frames makes seeking faster, and checks: the game goes on without.
    for (const beside of [snapshots, trail]) beside.follow({ signal, live: true }).catch(() => {});
    void this.watchers.run(() => !this.isMine);
  }

  /** Begins a session of one's own. */
  static async begin(around: Surroundings, start: Start): Promise<Game> {
    const name = newSessionId();
    const format = formatOf(start);
    await createTimeline(around.place, name, format, SESSION_LIMITS);
    // Whoever has its address finds it, list or not.
    announce(around.place, { id: name, by: "person", at: Date.now() }).catch(() => {});
    const headerBytes = encodeHeader(format).length;
    const tape = { format, headerBytes, frames: new FrameLog(FRAME_BYTES, MAX_FRAME_BYTES) };
    const game = new Game(around, name, true, around.startEngine(start), tape);
    game.#record();
    return game;
  }

  /** Opens a session that there is, unless it is aborted before that. @throws NotATimelineError, FetchError, or a sentence */
  static async open(around: Surroundings, { name, isMine }: Wish, aborted: AbortSignal): Promise<Game> {
    const stop = new AbortController();
    const reader = await TimelineReader.open({
      ...{
        place: around.place,
        name,
        signal: AbortSignal.any([stop.signal, aborted]),
        live: !isMine,
        maxBytes: MAX_FRAME_BYTES,
      },
    });
    const start = startOf(reader.format);
    if (start === undefined) {
      stop.abort();
      throw new Error("This stream is a timeline, but no session of this game.");
    }
    const game = new Game(around, name, isMine, around.startEngine(start), reader);
    game.#stop.signal.addEventListener("abort", () => stop.abort());
    aborted.addEventListener("abort", () => game.close());
    if (!isMine) reader.ended.catch((error: Error) => game.#fail(error));
    try {
      await game.newest();
    } catch (error) {
      game.close();
      throw error;
    }
    if (isMine) game.#record();
    game.isPaused = isMine;
    return game;
  }

  /** Ticks that there are. */
  get length(): number {
    return this.#tape.frames.length;
  }

  get tick(): number {
    return this.doom.tick;
  }

  /** Ticks that are not known to be stored. */
  get waiting(): number {
    return this.#recording?.waiting ?? 0;
  }

  get isBot(): boolean {
    return this.#bot !== undefined;
  }

  set isBot(isOn: boolean) {
    this.#bot = isOn ? new Bot(Math.random) : undefined;
  }

  /** What the player does until told otherwise, and a turn that is done once. */
  command(command: Command, nudge: number): void {
    // A weapon is asked for once, too, however many commands come before the next tick.
    this.#command = { ...command, weapon: command.weapon ?? this.#command.weapon };
    this.#nudge += nudge;
  }

  /** Does what is due. @param now - any clock that only goes forward, in ms */
  look(now: number): void {
    const before = this.tick;
    if (!this.isPaused) {
      if (this.mode === "playing") this.#play(now);
      else if (this.mode === "live") this.#playLive(now);
      else if (this.mode === "wound") this.#playWound(now);
    }
    // Whoever plays sends by and by; what is left is sent when they stop.
    if (this.mode !== "playing" || this.isPaused) this.#recording?.send();
    if (this.mode !== "seeking" && this.tick !== before) this.#around.show(this.doom);
  }

  /** Winds to a moment, and plays on from there as it was. */
  async seek(tick: number): Promise<void> {
    await this.#windTo(tick, "wound");
  }

  /** Winds to the newest moment: there the player plays, and others watch. */
  async newest(): Promise<void> {
    await this.#windTo(this.length, this.isMine ? "playing" : "live");
  }

  /** Forks the session at the moment that is shown. @returns the fork, of which one is the player now */
  async fork(): Promise<Game> {
    const { place } = this.#around;
    if (this.checks.differs)
      throw new Error("This engine differs from the player's: what is shown is not what happened.");
    if (this.waiting > 2 * RATE) throw new Error("The server does not answer, and a fork is made there.");
    const { mode, tick } = this;
    this.mode = "seeking";
    try {
      await this.#recording?.flush();
      const name = newSessionId();
      await forkTimeline({ place, from: this.name, name, tick, reader: this.#tape, ...SESSION_LIMITS });
      announce(place, { id: name, by: "person", at: Date.now(), parent: this.name, tick }).catch(() => {});
      const { format, headerBytes } = this.#tape;
      const frames = new FrameLog(FRAME_BYTES, MAX_FRAME_BYTES);
      for (let at = 0; at < tick; at++) frames.append(this.#tape.frames.at(at));
      const game = new Game(
        this.#around,
        name,
        true,
        this.doom,
        { format, headerBytes, frames },
        this.#playback,
      );
      game.#record();
      return game;
    } catch (error) {
      this.mode = mode;
      throw error;
    }
  }

  /** Shows the map, or the game again. It is no move of the player, so nothing of it is recorded. */
  toggleMap(): void {
    this.doom.toggleMap();
    this.#around.show(this.doom);
  }

  close(): void {
    this.mode = "idle";
    this.#playback.stop();
    this.#stop.abort();
    void this.#recording?.detach();
  }

  #record(): void {
    const { place } = this.#around;
    this.#nextTickAt = 0;
    this.#recording = new Recording({
      ...{ place, name: this.name, doom: this.doom, frames: this.#tape.frames },
      ttlSeconds: SESSION_LIMITS.ttlSeconds,
      onEnd: (error) => this.#fail(error),
    });
  }

  #play(now: number): void {
    if (now - this.#nextTickAt > MAX_CATCH_UP * TICK_MS) this.#nextTickAt = now;
    for (; this.#nextTickAt <= now; this.#nextTickAt += TICK_MS) {
      const steered = { ...this.#command, turn: this.#command.turn + this.#nudge };
      const command = this.#bot?.command(this.doom) ?? steered;
      if (!this.#recording!.play(command)) {
        this.isPaused = true;
        this.#around.problem("The server has been away for ten minutes: the game waits for it.");
        return;
      }
      this.#command = { ...this.#command, weapon: undefined };
      this.#nudge = 0;
    }
  }

  #playLive(now: number): void {
    const due = this.#clock.live(now, this.#playback.waiting);
    if (due <= MAX_AT_ONCE) this.#playback.advance(due);
    else this.newest().catch((error: Error) => this.#fail(error));
  }

  #playWound(now: number): void {
    this.#playback.advance(this.#clock.recorded(now, this.#playback.waiting));
    // Whoever watches arrives at the tail by itself; whoever plays says when.
    if (this.#playback.waiting === 0 && !this.isMine) this.mode = "live";
  }

  async #windTo(tick: number, then: Mode): Promise<void> {
    const mine = ++this.#seeks;
    const started = performance.now();
    this.mode = "seeking";
    try {
      if (!(await this.#wind(tick)) || mine !== this.#seeks) return;
      this.checks.compare();
      if (this.checks.differs && this.#playback.distrust()) {
        // What a stranger saved is not what happened: play it from the frames.
        this.checks.reset();
        if (!(await this.#wind(tick)) || mine !== this.#seeks) return;
        this.checks.compare();
      }
    } catch (error) {
      this.mode = "ended";
      throw error;
    }
    this.lastSeekMs = Math.round(performance.now() - started);
    this.#clock.reset();
    this.#nextTickAt = 0;
    this.mode = then;
    this.#around.show(this.doom);
  }

  /** Brings the engine to a moment. @returns false if a later wish took its place */
  async #wind(tick: number): Promise<boolean> {
    return (await this.#playback.seek(tick)) === "there";
  }

  #fail(error: Error): void {
    if (this.#stop.signal.aborted) return;
    this.mode = "ended";
    const isRival = error.name === "StaleEpochError";
    this.#around.problem(isRival ? "You play this session in another window." : sentenceOf(error));
  }
}
