import { type ChildProcess, fork } from "node:child_process";
import type { Job } from "./answer-route.ts";

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

  /** @param program - the path of what it runs */
  constructor(program: string) {
    this.#program = program;
    [this.#child, this.#ready] = this.#start();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks it, once it is there. */
  async fetch(job: Job): Promise<Response> {
    return fetch(`http://127.0.0.1:${await this.#ready}`, { method: "POST", body: JSON.stringify(job) });
  }

  stop(): void {
    this.#isStopped = true;
    this.#child.kill();
  }

  #start(): [ChildProcess, Promise<number>] {
    const child = fork(this.#program);
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
