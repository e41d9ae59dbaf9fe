import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The demo as `npm start` runs it. */
export class App {
  readonly url: string;
  readonly #child: ChildProcess;

  readonly #dist: URL;

  private constructor(child: ChildProcess, url: string, dist: URL) {
    this.#child = child;
    this.url = url;
    this.#dist = dist;
  }

  /**
   * Starts the program `main.js`.
   *
   * @param dist - the folder that it is in
   * @param env - what else it finds in its environment
   */
  static async start(
    dist: URL = new URL("../dist/", import.meta.url),
    env: Readonly<Record<string, string>> = {},
  ): Promise<App> {
    const { PATH } = process.env;
    const child = spawn(process.execPath, [fileURLToPath(new URL("main.js", dist))], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH, PORT: "0", TOKEN_MS: "25", ...env },
    });
    for await (const line of createInterface({ input: child.stdout! }))
      if (line.startsWith("http://")) return new App(child, line, dist);
    throw new Error("the demo did not start");
  }

  /** What the demo says of its model. */
  async model(): Promise<{ readonly calls: number; readonly writer: number }> {
    return (await fetch(`${this.url}/api/model`)).json();
  }

  /** What the scripted model says to a question: all of it, out of the demo's own program. */
  async script(question: string, system = ""): Promise<string> {
    const { tokensFor } = await import(new URL("script.js", this.#dist).href);
    return tokensFor(question, system).join("");
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill(signal);
    await gone;
  }
}
