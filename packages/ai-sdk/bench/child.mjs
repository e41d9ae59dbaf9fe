// One side of the measurement as a process of its own: `streams`, the stream server, or `route`, the application.
import { createServer as createHttp } from "node:http";
import { Readable } from "node:stream";
import { toDurableStreamResponse } from "@perennial/ai-sdk";
import { createServer } from "@perennial/server";
import { createUIMessageStreamResponse } from "ai";

const [, , role, streams] = process.argv;
/** Between tokens, in ms: what a fast model takes. */
const TOKEN_MS = 5;

async function* answer(tokens) {
  yield { type: "start", messageId: "m" };
  yield { type: "text-start", id: "t" };
  for (let n = 0; n < tokens; n++) {
    yield { type: "text-delta", id: "t", delta: " token" };
    await new Promise((resolve) => setTimeout(resolve, TOKEN_MS));
  }
  yield { type: "text-end", id: "t" };
  yield { type: "finish" };
}

function respond(path, tokens) {
  if (path === "/sdk") return createUIMessageStreamResponse({ stream: ReadableStream.from(answer(tokens)) });
  const writeUrl = `${streams}/v1/stream/bench/${crypto.randomUUID()}`;
  return toDurableStreamResponse({ source: () => answer(tokens), stream: { writeUrl } });
}

async function listen() {
  if (role === "streams") {
    const server = createServer({ port: 0 });
    await server.start();
    return server.url;
  }
  const server = createHttp(async (request, reply) => {
    const { tokens } = JSON.parse(await new Response(Readable.toWeb(request)).text());
    const response = await respond(request.url, tokens);
    reply.writeHead(response.status, Object.fromEntries(response.headers));
    Readable.fromWeb(response.body).pipe(reply);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

process.on("message", () => process.send({ cpu: process.cpuUsage() }));
process.on("disconnect", () => process.exit());
process.send({ url: await listen() });
