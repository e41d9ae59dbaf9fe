import { createServer, type DurableStreamsServer, type ServerOptions } from "@perennial/server";
import { expect } from "vitest";
import { type Finished, type Running, type RunOptions, run, start } from "./process.ts";

/** A server in this process, and the command line pointed at it. */
export class TestServer {
  readonly #server: DurableStreamsServer;
  #ids = 0;

  private constructor(server: DurableStreamsServer) {
    this.#server = server;
  }

  static async start(options?: ServerOptions): Promise<TestServer> {
    const server = createServer({ port: 0, ...options });
    await server.start();
    return new TestServer(server);
  }

  get origin(): string {
    return this.#server.url;
  }

  /** The base URL of its streams. */
  get baseUrl(): string {
    return `${this.#server.url}/v1/stream`;
  }

  /** An id that no test has used. */
  freshId(): string {
    this.#ids += 1;
    return `tests/stream-${this.#ids}`;
  }

  /** Runs a command line that succeeds without a complaint, and returns what it prints. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  }

  /** Runs `perennial` against it. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished> {
    return run(args, this.#pointed(options));
  }

  /** Starts `perennial` against it. */
  spawn(args: readonly string[], options?: RunOptions): Running {
    return start(args, this.#pointed(options));
  }

  /** A request past the command line. */
  fetch(id: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.baseUrl}/${id}`, init);
  }

  /** A stream's whole content. */
  async content(id: string): Promise<string> {
    return (await this.fetch(`${id}?offset=-1`)).text();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  #pointed(options: RunOptions = {}): RunOptions {
    return { ...options, env: { STREAM_URL: this.baseUrl, ...options.env } };
  }
}
