/**
 * Where log lines go: standard error. Whoever reads it may stop reading, and a pipe that is full would hold up whoever writes
 * to it, and so all clients. So a pipe is written to as far as it takes something at once; the rest waits, up to a bound; and
 * what is beyond that is dropped, counted, and told of once there is room. A line that a pipe or a terminal takes is written at
 * once, so the last ones before a crash are there. A file takes everything, but its disk may hold up whoever writes: there
 * one write is under way at a time, and nobody waits for it.
 */
import { fstatSync, write, writeSync } from "node:fs";

/** Lines that wait for a reader, in characters. */
export const WAITING_MAX = 1024 * 1024;
/** A pipe that was full is tried again after, ms. */
const RETRY_MS = 20;
/** How long the end of the process waits for a reader, ms. */
const LAST_MS = 1000;

const STANDARD_ERROR = 2;
const LINE_FEED = 10;

/** Writes as much of the bytes as is taken at once, and returns how much that was. Throws as `fs.writeSync` does. */
export type WriteNow = (bytes: Uint8Array) => number;

export class LogOutput {
  #writeNow: WriteNow;
  /** Lines that were not taken at once, in order. */
  #waiting: string[] = [];
  #waitingLength = 0;
  /** What is left of the lines that are being written. */
  #rest: Uint8Array = new Uint8Array(0);
  #dropped = 0;
  /** The reader has gone for good. */
  #isGone = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(writeNow: WriteNow) {
    this.#writeNow = writeNow;
  }

  /** Takes a line, its line break included. */
  write(line: string): void {
    if (this.#isGone) return;
    if (this.#waitingLength + this.#rest.length + line.length > WAITING_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#tellDropped();
    this.#add(line);
    if (this.#timer === undefined) this.#proceed();
  }

  /**
   * Writes what waits before the process ends, for as long as somebody reads it, and a second at most.
   *
   * @param writeNow how, where it was in the background until now
   */
  end(writeNow = this.#writeNow): void {
    this.#writeNow = writeNow;
    clearTimeout(this.#timer);
    const until = performance.now() + LAST_MS;
    while (!this.#writeWaiting() && performance.now() < until) pause(RETRY_MS);
  }

  #add(line: string): void {
    this.#waiting.push(line);
    this.#waitingLength += line.length;
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const told = { level: 40, time: Date.now(), dropped: this.#dropped };
    this.#dropped = 0;
    this.#add(
      `${JSON.stringify({ ...told, msg: "log lines were dropped: standard error did not take them" })}\n`,
    );
  }

  #proceed(): void {
    this.#timer = undefined;
    if (this.#writeWaiting()) return;
    this.#timer = setTimeout(() => this.#proceed(), RETRY_MS);
    this.#timer.unref();
  }

  /** False: some of it is not taken yet. */
  #writeWaiting(): boolean {
    try {
      while (this.#gather()) this.#rest = this.#rest.subarray(this.#writeNow(this.#rest));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return false;
      this.#giveUp(error as NodeJS.ErrnoException);
      return true;
    }
  }

  /** Whether there is something to write; the next of it is in `#rest`. */
  #gather(): boolean {
    if (this.#rest.length > 0) return true;
    if (this.#waiting.length === 0) this.#tellDropped();
    if (this.#waiting.length === 0) return false;
    this.#rest = Buffer.from(this.#waiting.join(""));
    this.#waiting = [];
    this.#waitingLength = 0;
    return true;
  }

  /** A log that cannot be written ends nothing. On a full disk there may be room again; a reader that has gone stays away. */
  #giveUp({ code }: NodeJS.ErrnoException): void {
    for (const byte of this.#rest) if (byte === LINE_FEED) this.#dropped += 1;
    this.#rest = new Uint8Array(0);
    this.#isGone = code === "EPIPE" || code === "EBADF";
  }
}

/** Writes bytes, and tells how many of them were written. */
type WriteLater = (bytes: Uint8Array, onDone: (error: Error | null, written: number) => void) => void;

/** Writes to a file without waiting for its disk: it is a pipe that is full until the bytes it was given first are written. */
export class BackgroundWrites {
  readonly #writeLater: WriteLater;
  #state: "idle" | "under way" | "done" = "idle";
  #failure: Error | null = null;
  #written = 0;

  constructor(writeLater: WriteLater) {
    this.#writeLater = writeLater;
  }

  /** To be called with the same bytes until they are taken. */
  readonly writeNow: WriteNow = (bytes) => {
    if (this.#state === "idle") this.#start(bytes);
    if (this.#state === "under way")
      throw Object.assign(new Error("a write is under way"), { code: "EAGAIN" });
    this.#state = "idle";
    if (this.#failure !== null) throw this.#failure;
    return this.#written;
  };

  #start(bytes: Uint8Array): void {
    this.#state = "under way";
    this.#writeLater(bytes, (error, written) => {
      this.#state = "done";
      this.#failure = error;
      this.#written = written;
    });
  }

  /** The same when the process ends: nothing comes back any more from what is under way, but the system does it. */
  atLast(writeNow: WriteNow): WriteNow {
    return (bytes) => {
      if (this.#state === "idle") return writeNow(bytes);
      if (this.#state === "done") return this.writeNow(bytes);
      this.#state = "idle";
      return bytes.length;
    };
  }
}

/** Whether the disk behind a file may hold up whoever writes to it. */
function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/** Holds the process up: it is about to end, and no timer would come any more. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

let standardError: LogOutput | undefined;

/** The one for standard error: the process has one, so all loggers share it. */
export function standardErrorOutput(): LogOutput {
  if (standardError !== undefined) return standardError;
  // Whoever asks for the stream gets a pipe, or a socket, that refuses what it cannot take; before, it waits for its reader.
  void process.stderr;
  const writeNow: WriteNow = (bytes) => writeSync(STANDARD_ERROR, bytes);
  const background = new BackgroundWrites((bytes, onDone) => write(STANDARD_ERROR, bytes, onDone));
  const output = new LogOutput(isFile(STANDARD_ERROR) ? background.writeNow : writeNow);
  process.once("exit", () => output.end(background.atLast(writeNow)));
  standardError = output;
  return output;
}
