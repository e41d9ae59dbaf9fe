import { createServer, openLocalLog } from "@perennial/server";
import type { Connect, Plugin } from "vite";
import { Doom } from "../shared/engine/doom.ts";
import { STREAMS_PATH } from "../shared/sessions.ts";
import { BotHost } from "./bot-host.ts";
import { loadEngine, serveEngine } from "./engine-files.ts";

/** Where sessions are kept, beside this example, unless `DOOM_DATA_DIR` says otherwise. */
const DATA_DIR = "perennial-data";

/**
 * Starts what the game needs beside it: a stream server, and a bot that plays. Pages reach the streams through Vite's proxy, as they
 * would through your backend, which decides who may write what.
 */
export function doomServer(): Plugin {
  const directory = process.env.DOOM_DATA_DIR ?? DATA_DIR;
  const server = createServer({
    ...{ port: 0, drainMs: 0 },
    log: () => openLocalLog({ directory, durability: "fsync" }),
  });
  let bots: BotHost | undefined;

  const serve = (middlewares: Connect.Server): void => {
    serveEngine(middlewares);
    middlewares.use((request, _, next) => {
      if (request.url === "/" || request.url?.startsWith("/index.html")) bots?.visit();
      next();
    });
    // An open page asks for this now and then.
    middlewares.use("/api/visit", (_, response) => {
      bots?.visit();
      response.statusCode = 204;
      response.end();
    });
  };
  return {
    name: "perennial-doom-server",
    apply: "serve",
    async config() {
      await server.start();
      const place = { streamsUrl: server.url + STREAMS_PATH };
      const engine = process.env.DOOM_BOT === "off" ? undefined : loadEngine();
      if (engine !== undefined)
        bots = new BotHost({ place, startGame: (start) => Doom.start(engine.module, engine.wad, start) });
      return { server: { proxy: { "/v1": server.url } } };
    },
    configureServer: ({ middlewares }) => serve(middlewares),
    configurePreviewServer: ({ middlewares }) => serve(middlewares),
    async buildEnd() {
      await bots?.stop();
      await server.stop();
    },
  };
}
