import type { Machine } from "@perennial/timeline";
import { Wasi, type WasiFile } from "./wasi.ts";

/** What the engine exports: see `engine/glue.c`. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  boot(skill: number, map: number): void;
  command(): number;
  tick(): void;
  gametic(): number;
  random_index(): number;
  draw(): number;
  automap(): void;
  state_hash(): number;
  player(): number;
  target(): number;
  free_way(angle: number): number;
}

/** How a game begins. */
export interface Start {
  /** 1 (easiest) to 5. */
  readonly skill: number;
  /** 1 to 9. */
  readonly map: number;
}

/** What the player is and has; positions are fixed-point numbers of 16 bits behind the point, angles parts of 2^32. */
export interface PlayerView {
  readonly health: number;
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly kills: number;
  readonly map: number;
}

/** Told about each sound: the number of its lump, how loud (0-127), how far left (1) or right (254). */
export type OnSound = (lump: number, volume: number, separation: number) => void;

export const WIDTH = 320;
export const HEIGHT = 200;
/** A command of the player, and the index of random numbers that it was given at. */
export const FRAME_BYTES = 9;
/** Ticks in a second. */
export const RATE = 35;
const PAGE_BYTES = 65_536;
/** The engine takes what it needs when it starts; a snapshot with more is none of it. */
const MAX_GROWTH_PAGES = 64;

/** The engine of a game: a machine whose only input is one frame per tick. It neither knows nor asks where they come from. */
export class Doom implements Machine {
  readonly #engine: Exports;
  readonly #command: number;
  readonly #size: number;
  #strays = 0;
  /** Called after each tick. */
  afterStep: (() => void) | undefined;

  private constructor(engine: Exports) {
    this.#engine = engine;
    this.#command = engine.command();
    this.#size = engine.memory.buffer.byteLength;
  }

  /** Starts a game. @throws EngineStopped, or what WebAssembly has against the module */
  static start(
    module: WebAssembly.Module,
    wad: WasiFile["bytes"],
    start: Start,
    onSound: OnSound = () => {},
  ): Doom {
    let memory: WebAssembly.Memory | undefined;
    const file: WasiFile = { name: "doom1.wad", bytes: wad };
    const instance = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: new Wasi(file, () => memory!.buffer as ArrayBuffer).imports,
      page: { sound: onSound },
    });
    const engine = instance.exports as unknown as Exports;
    memory = engine.memory;
    engine._initialize();
    engine.boot(start.skill, start.map);
    return new Doom(engine);
  }

  /** How many frames have been played. */
  get tick(): number {
    return this.#engine.gametic();
  }

  /** Where the game is in its table of random numbers, 0-255. */
  get randomIndex(): number {
    return this.#engine.random_index();
  }

  /** How many frames were played at another random number than the one that they were made at: something differs then. */
  get strays(): number {
    return this.#strays;
  }

  /** Plays one frame. */
  step(frame: Uint8Array): void {
    if (frame[FRAME_BYTES - 1] !== this.randomIndex) this.#strays++;
    this.#bytes().set(frame.subarray(0, FRAME_BYTES - 1), this.#command);
    this.#engine.tick();
    this.afterStep?.();
  }

  /** All of its memory. */
  save(): Uint8Array<ArrayBuffer> {
    return this.#bytes().slice();
  }

  /** Goes on from another moment of a game. @returns whether the state can be one of this engine */
  load(state: Uint8Array): boolean {
    const extra = state.length - this.#engine.memory.buffer.byteLength;
    if (state.length < this.#size || state.length % PAGE_BYTES !== 0) return false;
    if (state.length > this.#size + MAX_GROWTH_PAGES * PAGE_BYTES) return false;
    if (extra > 0) this.#engine.memory.grow(extra / PAGE_BYTES);
    const bytes = this.#bytes();
    bytes.set(state);
    bytes.fill(0, state.length);
    this.#strays = 0;
    return true;
  }

  /** 32 bits that any two engines have in common after the same frames. */
  hash(): number {
    return this.#engine.state_hash() >>> 0;
  }

  /** Draws what the player sees. @returns pixels of four bytes, blue first, that the next call of anything may change */
  draw(): Uint8Array<ArrayBuffer> {
    const at = this.#engine.draw();
    return new Uint8Array(this.#engine.memory.buffer as ArrayBuffer, at, WIDTH * HEIGHT * 4);
  }

  /** Shows the map, or the game again. */
  toggleMap(): void {
    this.#engine.automap();
  }

  player(): PlayerView {
    const [health = 0, , x = 0, y = 0, angle = 0, kills = 0, , map = 0] = this.#numbers(
      this.#engine.player(),
      8,
    );
    return { health, x, y, angle, kills, map };
  }

  /** The nearest monster that the player sees. */
  target(): { readonly x: number; readonly y: number } | undefined {
    const at = this.#engine.target();
    if (at === 0) return undefined;
    const [x = 0, y = 0] = this.#numbers(at, 2);
    return { x, y };
  }

  /** How far one can walk in a direction, in the units of a map, at most 1024. */
  freeWay(angle: number): number {
    return this.#engine.free_way(angle);
  }

  #bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#engine.memory.buffer as ArrayBuffer);
  }

  #numbers(at: number, count: number): Int32Array {
    return new Int32Array(this.#engine.memory.buffer, at, count);
  }
}
