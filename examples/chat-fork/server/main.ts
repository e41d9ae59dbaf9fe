/** `npm start`: the chat of `examples/chat-ai-sdk`, whose chats are branches of trees. */
import { serve } from "@perennial/example-chat-ai-sdk/server/serve";
import { ForkRoutes } from "./routes.ts";
import { Trees } from "./trees.ts";

await serve({
  page: new URL("../..", import.meta.url),
  writer: new URL("writer.js", import.meta.url),
  chats: (root) => new Trees(root),
  routes: (trees, writer, model) => new ForkRoutes(trees, writer, model),
});
