/** `npm start`: the streams, the process that writes answers, and the page. */
import { fileURLToPath } from "node:url";
import { answer, jsonOf, listen } from "@perennial/example-chat-ai-sdk/server/http";
import { WriterProcess } from "@perennial/example-chat-ai-sdk/server/writer-process";
import { createServer as createStreams, openLocalLog } from "@perennial/server";
import { createServer as createVite } from "vite";
import { chooseModel } from "./model.ts";
import { roomRoute } from "./room.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { DATA, PORT = "3000", STREAMS } = process.env;

// Streams of its own, unless it is told of others.
const streams = createStreams({
  ...{ port: 0, drainMs: 0 },
  ...(DATA ? { log: () => openLocalLog({ directory: DATA, durability: "os" as const }) } : {}),
});
await streams.start();
const below = STREAMS ?? `${streams.url}/v1/stream`;
const writer = new WriterProcess(fileURLToPath(new URL("writer.js", import.meta.url)), { ROOMS: below });
const { name } = chooseModel(process.env);
// Reads, and who is there. What is said goes to the writer, which may be killed at any moment.
const rooms = roomRoute(below, []);

async function handle(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/api/model")
    return Response.json({ model: name, calls: writer.calls, writer: writer.pid });
  if (request.method !== "POST" || searchParams.has("part")) return rooms(request);
  return writer.fetch(await jsonOf(request), pathname);
}

const vite = await createVite({
  ...{ root, appType: "spa", logLevel: "error" },
  server: { middlewareMode: true, hmr: false, ws: false },
});
const { port, server } = await listen((message, response) => {
  if (message.url?.startsWith("/api/")) void answer(message, response, handle);
  else vite.middlewares(message, response);
}, Number(PORT));
console.log(`http://localhost:${port}`);

process.once("SIGTERM", async () => {
  writer.stop();
  server.closeAllConnections();
  await Promise.all([vite.close(), streams.stop()]);
  process.exit();
});
