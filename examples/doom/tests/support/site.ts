import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "@perennial/testing/chromium";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SERVE = fileURLToPath(new URL("serve.mjs", import.meta.url));

/** The example in a process of its own, which can be killed and started again with what it had stored. */
export class Site {
  readonly #folder: string;
  #process: ChildProcess | undefined;
  readonly #bot: "on" | "off";
  #port = 0;

  private constructor(folder: string, bot: "on" | "off") {
    this.#folder = folder;
    this.#bot = bot;
  }

  /** @param bot - whether one plays on the first screen */
  static async start(bot: "on" | "off"): Promise<Site> {
    const site = new Site(await mkdtemp(join(tmpdir(), "perennial-doom-")), bot);
    const outDir = join(site.#folder, "page");
    await build({ root: ROOT, build: { outDir }, logLevel: "error" });
    await site.restart();
    return site;
  }

  get origin(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Starts it, at the same port as before. */
  async restart(): Promise<void> {
    const child = spawn(process.execPath, [SERVE], {
      env: {
        ...{ ...process.env, PORT: String(this.#port), DOOM_BOT: this.#bot },
        ...{ DOOM_DATA_DIR: join(this.#folder, "data"), PAGE_DIR: join(this.#folder, "page") },
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#process = child;
    let output = "";
    for await (const part of child.stdout!) {
      output += part;
      const [, port] = /port (\d+)/.exec(output) ?? [];
      if (port === undefined) continue;
      this.#port = Number(port);
      break;
    }
    if (this.#port === 0) throw new Error(`the example did not start: ${output}`);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Starts the Chromium of this machine, without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
}
