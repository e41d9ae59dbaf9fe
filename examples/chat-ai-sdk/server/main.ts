/** `npm start`. */
import { Chats } from "./chats.ts";
import { Routes } from "./routes.ts";
import { serve } from "./serve.ts";

await serve({
  page: new URL("..", import.meta.url),
  writer: new URL("writer.js", import.meta.url),
  chats: (root) => new Chats(root),
  routes: (chats, writer, model) => new Routes(chats, writer, model),
});
