import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The demo as `npm start` runs it. */
export class App {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(): Promise<App> {
    const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
    const { PATH } = process.env;
    const child = spawn(process.execPath, [program], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH, PORT: "0", TOKEN_MS: "25" },
    });
    for await (const line of createInterface({ input: child.stdout! }))
      if (line.startsWith("http://")) return new App(child, line);
    throw new Error("the demo did not start");
  }

  /** What the demo says of its model. */
  async model(): Promise<{ readonly calls: number; readonly writer: number }> {
    return (await fetch(`${this.url}/api/model`)).json();
  }

  /** What the scripted model says to a question: all of it, out of the demo's own program. */
  async script(question: string): Promise<string> {
    const { tokensFor } = await import(new URL("../dist/script.js", import.meta.url).href);
    return tokensFor(question).join("");
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill();
    await gone;
  }
}
