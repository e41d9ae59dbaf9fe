import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DurableStreamTestServer } from "@durable-streams/server";
import { createServer, openLocalLog } from "@perennial/server";

/** A server whose streams survive its restarts. */
export interface RestartableServer {
  readonly port: number;
  /** Stops the server, cutting what is under way, and starts it again on its data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** How to start each server on a directory. */
const starters: Readonly<Record<string, (directory: string) => Promise<Running>>> = {
  "@perennial/server": async (directory) => {
    const server = createServer({
      port: 0,
      longPollTimeoutMs: 300,
      drainMs: 20,
      sseHeartbeatMs: 200,
      log: () => openLocalLog({ directory, durability: "os" }),
    });
    await server.start();
    return server;
  },
  // In memory: the reference server may lose its place when it is stopped during a write, so it is not restarted.
  "@durable-streams/server": async () => {
    const server = new DurableStreamTestServer({ port: 0, longPollTimeout: 300 });
    const url = await server.start();
    return { url, stop: () => server.stop() };
  },
};

export const restartableServers = Object.keys(starters);

/** Starts a server by its package name, on a directory of its own. */
export async function startRestartable(name: string): Promise<RestartableServer> {
  const start = starters[name];
  if (start === undefined) throw new Error(`unknown server: ${name}`);
  const directory = await mkdtemp(join(tmpdir(), "perennial-torture-"));
  let running = await start(directory);
  return {
    get port() {
      return Number(new URL(running.url).port);
    },
    async restart() {
      await running.stop();
      running = await start(directory);
    },
    async stop() {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
