import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import type { Plugin } from "vite";
import { startAgents } from "./agents.ts";

/** Where the page finds the board's stream, on its own origin. */
const PATH = "/v1/stream/agent-board";

/**
 * Starts what the page needs beside it: a stream server in memory, the board's stream, and the agents. The page reaches
 * the stream through Vite's proxy, as it would through your backend, which decides who may read and write.
 */
export function streamServer(): Plugin {
  const server = createServer({ port: 0, drainMs: 0 });
  let stopAgents = (): void => {};
  return {
    name: "perennial-stream-server",
    apply: "serve",
    async config() {
      await server.start();
      const url = server.url + PATH;
      await DurableStream.create({ url, contentType: "application/json" });
      stopAgents = await startAgents(url);
      return { server: { proxy: { "/v1/stream": server.url } } };
    },
    async buildEnd() {
      stopAgents();
      await server.stop();
    },
  };
}
