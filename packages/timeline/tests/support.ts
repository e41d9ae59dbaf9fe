import { createServer } from "@perennial/server";
import { afterAll, beforeAll } from "vitest";
import {
  createTimeline,
  type Machine,
  Recorder,
  type TimelineFormat,
  type TimelinePlace,
} from "../src/index.ts";

export const FORMAT: TimelineFormat = { kind: "counter", frameBytes: 4, rate: 35, about: { start: 1 } };

/** A server for the tests of a file; each call gives a place that nobody has used. */
export function serving(): () => TimelinePlace {
  const server = createServer({ port: 0, longPollTimeoutMs: 500, drainMs: 0 });
  let count = 0;
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  return () => ({ streamsUrl: `${server.url}/v1/stream/timelines/${count++}` });
}

/** The simplest machine whose state depends on all frames and on their order. */
export class Counter implements Machine {
  #state = new Uint32Array(64);
  /** How many frames this one was given, whatever was loaded meanwhile. */
  steps = 0;

  get tick(): number {
    return this.#state[0]!;
  }

  step(frame: Uint8Array): void {
    const value = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
    if (value === 0xffffffff) throw new Error("the machine broke");
    this.#state[0]! += 1;
    this.#state[1] = (Math.imul(this.#state[1]! ^ value, 16_777_619) + 1) >>> 0;
    this.steps++;
  }

  save(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#state.slice().buffer);
  }

  load(state: Uint8Array<ArrayBuffer>): boolean {
    if (state.length !== this.#state.byteLength) return false;
    this.#state = new Uint32Array(state.slice().buffer);
    return true;
  }

  hash(): number {
    return this.#state[1]!;
  }
}

/** The frame of a tick. */
export function frame(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** What a counter comes to after so many frames, each with its own number. */
export function hashAfter(ticks: number): number {
  const machine = new Counter();
  for (let tick = 0; tick < ticks; tick++) machine.step(frame(tick));
  return machine.hash();
}

/** A timeline with so many frames, each with its own number. */
export async function recorded(place: TimelinePlace, name: string, ticks: number): Promise<void> {
  await createTimeline(place, name, FORMAT);
  const recorder = new Recorder({ place, name, frameBytes: 4, producerId: "test" });
  for (let tick = 0; tick < ticks; tick++) {
    recorder.push(frame(tick));
    if (tick % 7 === 0) recorder.send();
  }
  await recorder.detach();
}
