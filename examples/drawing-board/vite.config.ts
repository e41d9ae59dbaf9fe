import { createServer } from "@perennial/server";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

/** A stream server in memory, behind the same address as the page. */
function streams(): Plugin {
  const server = createServer({ port: 0, drainMs: 0 });
  return {
    name: "streams",
    apply: "serve",
    async config() {
      await server.start();
      return { server: { proxy: { "/v1": server.url } } };
    },
    buildEnd: () => server.stop(),
  };
}

export default defineConfig({
  plugins: [streams()],
  resolve: { conditions: ["perennial-source", ...defaultClientConditions] },
});
