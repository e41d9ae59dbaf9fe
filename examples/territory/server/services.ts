/** All that the game needs beside it, in one process and in memory. */
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import { YjsServer } from "@perennial/yjs/server";
import { ROOMS_PATH, ROOMS_TTL_S } from "../shared/lobby.ts";
import { BotHost } from "./bot-host.ts";

export interface Services {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts a server with documents and streams, the list of rooms, and the bots. */
export async function startServices(): Promise<Services> {
  let server: ReturnType<typeof createServer> | undefined;
  const yjs = new YjsServer({ dsServer: { fetch: (request) => server!.fetch(request) } });
  server = createServer({ port: 0, drainMs: 0, mounts: [yjs.mount] });
  await server.start();
  const origin = server.url;
  const rooms = await DurableStream.create({
    ...{ url: origin + ROOMS_PATH, contentType: "application/json", ttlSeconds: ROOMS_TTL_S },
    warnOnHttp: false,
  });
  const bots = await BotHost.start(origin, rooms);
  return {
    origin,
    async stop() {
      await bots.stop();
      await server.stop();
      await yjs.stop();
    },
  };
}
