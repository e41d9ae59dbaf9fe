import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import config from "../packages/client/conformance-adapter/rolldown.config.ts";

const root = fileURLToPath(new URL("../packages/client", import.meta.url));

type Spoken = ChildProcessByStdio<Writable, Readable, null>;

/** An adapter that ends says why, where the suite is read. */
function spoken(command: string, args: readonly string[]): Spoken {
  return spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
}

/** The adapter as the suite runs it: a process that answers each line with a line. */
export class AdapterProcess {
  readonly #process: Spoken;
  readonly #directory: string;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: Spoken, directory: string) {
    this.#process = process;
    this.#directory = directory;
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** Starts the adapter of the TypeScript client, or the command in CONFORMANCE_ADAPTER: that of another client. */
  static async start(): Promise<AdapterProcess> {
    const directory = await mkdtemp(join(tmpdir(), "perennial-adapter-"));
    const [command, ...args] = (process.env.CONFORMANCE_ADAPTER ?? "").split(" ");
    if (command) return new AdapterProcess(spoken(command, args), directory);
    const build = await rolldown({ ...config, input: join(root, config.input) });
    await build.write({ file: join(directory, "main.mjs"), format: "esm" });
    return new AdapterProcess(spoken(process.execPath, [join(directory, "main.mjs")]), directory);
  }

  async execute(command: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    this.#process.stdin.write(`${JSON.stringify(command)}\n`);
    const { done, value } = await this.#lines.next();
    if (done) {
      const { exitCode, signalCode } = this.#process;
      throw new Error(`the adapter ended: ${signalCode ?? exitCode ?? "its output did"}`);
    }
    return JSON.parse(value) as Record<string, unknown>;
  }

  /** Tells the adapter to end. Resolves with its exit code. */
  async stop(): Promise<number | null> {
    const exited = new Promise<number | null>((resolve) => this.#process.on("exit", resolve));
    await this.execute({ type: "shutdown" });
    const code = await exited;
    await rm(this.#directory, { recursive: true });
    return code;
  }
}
