import { fileURLToPath } from "node:url";
import { createServer as createStreams, openLocalLog } from "@perennial/server";
import { createServer as createVite } from "vite";
import type { Chats } from "./chats.ts";
import { answer, type Handler, listen } from "./http.ts";
import { chooseModel } from "./model.ts";
import { WriterProcess } from "./writer-process.ts";

/** A chat as one program. */
export interface Demo<Kept extends Chats> {
  /** The folder of its page. */
  readonly page: URL;
  /** The program that writes answers. */
  readonly writer: URL;
  /** @param root - the address below which the streams are */
  readonly chats: (root: string) => Kept;
  /** @param model - the name of the model that answers */
  readonly routes: (chats: Kept, writer: WriterProcess, model: string) => { readonly handle: Handler };
}

/** Starts the streams, the process that writes answers, and the page. The environment says where, and with which model. */
export async function serve<Kept extends Chats>(demo: Demo<Kept>): Promise<void> {
  const { DATA, PORT = "3000" } = process.env;
  const streams = createStreams({
    port: 0,
    drainMs: 0,
    ...(DATA ? { log: () => openLocalLog({ directory: DATA, durability: "os" as const }) } : {}),
  });
  await streams.start();
  const chats = demo.chats(`${streams.url}/v1/stream`);
  await chats.open();
  const writer = new WriterProcess(fileURLToPath(demo.writer));
  const routes = demo.routes(chats, writer, chooseModel(process.env).name);
  const vite = await createVite({
    ...{ root: fileURLToPath(demo.page), appType: "spa", logLevel: "error" },
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
}
