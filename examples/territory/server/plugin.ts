import type { Connect, Plugin } from "vite";
import { type Services, startServices } from "./services.ts";

/**
 * Starts what the game needs beside it. Pages reach the streams through Vite's proxy, as they would through your backend, which
 * decides who may play.
 */
export function gameServer(): Plugin {
  let services: Services | undefined;
  return {
    name: "perennial-territory-server",
    apply: "serve",
    async config() {
      services = await startServices();
      return { server: { proxy: { "/v1": services.origin } } };
    },
    configureServer: ({ middlewares }) => tellTime(middlewares),
    configurePreviewServer: ({ middlewares }) => tellTime(middlewares),
    async buildEnd() {
      await services?.stop();
    },
  };
}

/** All players go by the server's clock. */
function tellTime(middlewares: Connect.Server): void {
  middlewares.use("/api/now", (_, response) => {
    response.setHeader("cache-control", "no-store");
    response.end(String(Date.now()));
  });
}
