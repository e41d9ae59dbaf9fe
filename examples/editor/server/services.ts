/** All that the page needs beside it, in one process. */
import { createServer, openLocalLog } from "@perennial/server";
import { YjsServer } from "@perennial/yjs/server";
import { Agents } from "./agent/agents.ts";
import { writeWelcome } from "./agent/welcome.ts";
import type { Model } from "./models/model.ts";

export interface Services {
  /** Of the server with documents and chats. */
  readonly origin: string;
  readonly agents: Agents;
  stop(): Promise<void>;
}

/**
 * Starts a server with documents, and the agents.
 *
 * @param dataDir where it is kept; in memory if undefined
 */
export async function startServices(dataDir: string | undefined, model: Model): Promise<Services> {
  let server: ReturnType<typeof createServer> | undefined;
  const yjs = new YjsServer({ dsServer: { fetch: (request) => server!.fetch(request) } });
  const log =
    dataDir === undefined ? {} : { log: () => openLocalLog({ directory: dataDir, durability: "fsync" }) };
  server = createServer({ port: 0, drainMs: 0, mounts: [yjs.mount], ...log });
  await server.start();
  const origin = server.url;
  await writeWelcome(origin, "welcome");
  const agents = new Agents(origin, model);
  return {
    origin,
    agents,
    async stop() {
      await agents.close();
      await server.stop();
      await yjs.stop();
    },
  };
}
