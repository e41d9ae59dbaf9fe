/**
 * The process that writes what people say, and the agent's answers. It may be killed at any moment: `main.ts` starts another one,
 * and readers of what it wrote are told.
 */
import { answer, listen } from "@perennial/example-chat-ai-sdk/server/http";
import { sageOf } from "./agent.ts";
import { chooseModel } from "./model.ts";
import { roomRoute } from "./room.ts";

const { adapter } = chooseModel(process.env, () => process.send?.({ type: "called" }));
const handle = roomRoute(String(process.env.ROOMS), [sageOf(adapter)]);

const { port } = await listen((message, response) => void answer(message, response, handle), 0);
process.send?.({ type: "ready", port });
// Without the process that started it there is nobody to write for.
process.on("disconnect", () => process.exit());
