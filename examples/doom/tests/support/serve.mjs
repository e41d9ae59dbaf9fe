/** The example with its page built beforehand: a restart takes no longer than that of the servers. */
import { fileURLToPath } from "node:url";
import { preview } from "vite";

const root = fileURLToPath(new URL("../..", import.meta.url));
const port = Number(process.env.PORT);
const server = await preview({
  root,
  build: { outDir: process.env.PAGE_DIR },
  preview: { port, strictPort: port !== 0, host: "localhost" },
  logLevel: "error",
});
console.log(`port ${server.httpServer.address().port}`);
