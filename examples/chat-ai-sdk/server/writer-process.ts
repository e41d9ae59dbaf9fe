import { type ChildProcess, fork } from "node:child_process";

/** What the process says. */
type Message = { readonly type: "ready"; readonly port: number } | { readonly type: "called" };

/** The process that writes answers, started again whenever it is gone. */
export class WriterProcess {
  /** How often a model was asked, by any of the processes. */
  calls = 0;
  #child: ChildProcess;
  #ready: Promise<number>;
  #isStopped = false;
  readonly #program: string;
  readonly #env: NodeJS.ProcessEnv;

  /**
   * @param program - the path of what it runs
   * @param env - what it finds in its environment, beside what this process has
   */
  constructor(program: string, env: Readonly<Record<string, string>> = {}) {
    this.#program = program;
    this.#env = { ...process.env, ...env };
    [this.#child, this.#ready] = this.#start();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks it, once it is there. */
  async fetch(job: unknown, path = "/"): Promise<Response> {
    const headers = { "content-type": "application/json" };
    const url = new URL(`http://127.0.0.1:${await this.#ready}`);
    // Not resolved: "//host/…" would lead to another machine.
    url.pathname = path;
    return fetch(url, { method: "POST", headers, body: JSON.stringify(job) });
  }

  stop(): void {
    this.#isStopped = true;
    this.#child.kill();
  }

  #start(): [ChildProcess, Promise<number>] {
    const child = fork(this.#program, { env: this.#env });
    const ready = new Promise<number>((resolve) => {
      child.on("message", (message: Message) => {
        if (message.type === "ready") resolve(message.port);
        else this.calls++;
      });
    });
    child.on("exit", () => {
      if (!this.#isStopped) [this.#child, this.#ready] = this.#start();
    });
    return [child, ready];
  }
}
