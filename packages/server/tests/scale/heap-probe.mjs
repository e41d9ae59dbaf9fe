/** Loaded into a server before its program: whoever connects beside its data directory is told what lives on its heap, bytes. */
import { createServer } from "node:net";

const directory = process.argv[process.argv.indexOf("--data-dir") + 1];
const probe = createServer((socket) => {
  globalThis.gc();
  socket.end(String(process.memoryUsage().heapUsed));
});
probe.listen(`${directory}.heap`).unref();
