/** `npm start`: the streams, the process that writes answers, and the page. */
import { fileURLToPath } from "node:url";
import { createServer as createStreams, openLocalLog } from "@perennial/server";
import { createServer as createVite } from "vite";
import { Chats } from "./chats.ts";
import { answer, listen } from "./http.ts";
import { chooseModel } from "./model.ts";
import { Routes } from "./routes.ts";
import { WriterProcess } from "./writer-process.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { DATA, PORT = "3000" } = process.env;

const streams = createStreams({
  port: 0,
  drainMs: 0,
  ...(DATA ? { log: () => openLocalLog({ directory: DATA, durability: "os" as const }) } : {}),
});
await streams.start();
const chats = new Chats(`${streams.url}/v1/stream`);
await chats.open();
const writer = new WriterProcess();
const routes = new Routes(chats, writer, chooseModel(process.env).name);

const vite = await createVite({
  ...{ root, appType: "spa", logLevel: "error" },
  server: { middlewareMode: true, hmr: false, ws: false },
});
const { port, server } = await listen((message, response) => {
  if (message.url?.startsWith("/api/")) void answer(message, response, (request) => routes.handle(request));
  else vite.middlewares(message, response);
}, Number(PORT));
console.log(`http://localhost:${port}`);

process.once("SIGTERM", async () => {
  writer.stop();
  server.closeAllConnections();
  await Promise.all([vite.close(), streams.stop()]);
  // Answers that are being watched would be asked for again and again.
  process.exit();
});
