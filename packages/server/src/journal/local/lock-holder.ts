/**
 * The file `holder` of a data directory: who has it, with a beat each second. Sockets tell whether a process on this machine
 * lives, at once, but not if it is in a network of its own and its socket's file was replaced, nor on another machine that
 * shares the file system. What everybody who can reach the directory sees is whether the file changes.
 */
import { randomUUID } from "node:crypto";
import { constants, readFileSync, readlinkSync } from "node:fs";
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ok, type Result, reject } from "@perennial/protocol";
import type { HeldFile } from "./disk-guard.ts";
import { isAt } from "./node-disk.ts";

/** The file's name. */
export const HOLDER_FILE = "holder";

const BEAT_MS = 1000;
/** A holder that cannot be asked and has not changed the file for so long is dead: a few beats. */
const SILENCE_MS = 5000;
const LOOK_MS = 200;
/** Always the same length, so that a beat needs no room on a full disk. */
const FILE_BYTES = 400;

/** What the file says. */
interface Holder {
  /** Of this hold: nobody else's is the same. */
  readonly token: string;
  readonly pid: number;
  /** The directory's inode: in a copy of the directory it is another one. */
  readonly inode: string;
  /** The run of the machine, and the space in which the process id counts; undefined where that is not known. */
  readonly boot: string | undefined;
  readonly space: string | undefined;
  /** When the process was started, by the system's own count. */
  readonly startedAt: string | undefined;
}

/** Somebody else has the directory. */
export interface OtherHolder {
  readonly pid: number;
}

/** Keeps the file up to date until `release`. */
export class LockHolder implements HeldFile {
  readonly #path: string;
  readonly #holder: Holder;
  readonly #file: FileHandle;
  readonly #inode: bigint;
  readonly #timer: NodeJS.Timeout;
  #beats = 0;
  #beating: Promise<void> = Promise.resolve();
  #failure: unknown;
  #isTaken = false;

  private constructor(path: string, holder: Holder, file: FileHandle, fileInode: bigint) {
    this.#path = path;
    this.#holder = holder;
    this.#file = file;
    this.#inode = fileInode;
    this.#timer = setInterval(() => this.#beatLater(), BEAT_MS);
    this.#timer.unref();
  }

  /** Takes the directory of that inode, or tells who has it. Waits for some seconds where that is not certain. */
  static async take(path: string, inode: string): Promise<Result<LockHolder, OtherHolder>> {
    const { found, isCertain } = await lookForHolder(path, inode);
    if (found !== undefined) return reject(found);
    const holder = { token: randomUUID(), pid: process.pid, inode, ...identity(process.pid) };
    // Not emptied: whoever looks meanwhile would find nobody.
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const lock = new LockHolder(path, holder, file, (await file.stat({ bigint: true })).ino);
    await lock.#beat();
    // Of two that waited together, the one that wrote last has it.
    if (!isCertain) await delay(LOOK_MS);
    if (await lock.#isHeld()) return ok(lock);
    await lock.#stop();
    return reject((await readHolder(path))?.holder ?? { pid: 0 });
  }

  #beatLater(): void {
    this.#beating = this.#beating.then(async () => {
      try {
        if (this.#isTaken || this.#failure !== undefined) return;
        // Once somebody else has taken the directory, it is theirs.
        this.#isTaken = !(await this.#isHeld());
        if (!this.#isTaken) await this.#beat();
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  async #beat(): Promise<void> {
    this.#beats += 1;
    const text = JSON.stringify({ ...this.#holder, beats: this.#beats }).padEnd(FILE_BYTES - 1);
    await this.#file.write(`${text}\n`, 0);
  }

  /** Whether nobody had deleted the file or taken the directory at the last beat. */
  async isInPlace(): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure;
    return !this.#isTaken;
  }

  async #isHeld(): Promise<boolean> {
    if (!(await isAt(this.#path, this.#inode))) return false;
    // Whoever takes the directory writes over the file: to read it where it is open costs a fraction of opening it each time.
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(FILE_BYTES), 0, FILE_BYTES, 0);
    return parsedHolder(buffer.toString("utf8", 0, bytesRead))?.token === this.#holder.token;
  }

  async release(): Promise<void> {
    try {
      if (this.#failure === undefined && (await this.#isHeld())) await rm(this.#path, { force: true });
    } finally {
      await this.#stop();
    }
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await this.#file.close();
  }
}

/** Looks, for a while if need be, whether somebody has the directory. */
async function lookForHolder(
  path: string,
  inode: string,
): Promise<{ found: OtherHolder | undefined; isCertain: boolean }> {
  const first = await readHolder(path);
  if (first === undefined || first.holder.inode !== inode) return { found: undefined, isCertain: true };
  const isAlive = isKnownAlive(first.holder);
  if (isAlive !== undefined) return { found: isAlive ? first.holder : undefined, isCertain: true };
  for (let waited = 0; waited < SILENCE_MS; waited += LOOK_MS) {
    await delay(LOOK_MS);
    const now = await readHolder(path);
    if (now === undefined) break;
    if (now.text !== first.text) return { found: now.holder, isCertain: true };
  }
  return { found: undefined, isCertain: false };
}

/** Undefined when there is no file, or none that says anything. */
async function readHolder(path: string): Promise<{ holder: Holder; text: string } | undefined> {
  try {
    const text = await readFile(path, "utf8");
    const holder = parsedHolder(text);
    return holder && { holder, text };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Undefined for a text that says nothing: it is being written, say. */
function parsedHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

/** Whether the holder's process lives; undefined when that cannot be known from here. */
function isKnownAlive(holder: Holder): boolean | undefined {
  const here = identity(holder.pid);
  const isHere = here.boot !== undefined && here.boot === holder.boot && here.space === holder.space;
  if (!isHere) return undefined;
  return here.startedAt !== undefined && here.startedAt === holder.startedAt;
}

/** What makes a process id one process, on Linux. */
function identity(pid: number): Pick<Holder, "boot" | "space" | "startedAt"> {
  return {
    boot: known(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    space: known(() => readlinkSync("/proc/self/ns/pid")),
    // After the name, in brackets, which may hold anything, the 20th field.
    startedAt: known(() => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ")[19]!),
  };
}

function known(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
