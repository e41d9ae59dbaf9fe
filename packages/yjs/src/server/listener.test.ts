import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { listener } from "./listener.ts";

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function listen(answer: (request: Request) => Promise<Response>, requestMs: number): Promise<Socket> {
  const patience = { requestMs, stalledReaderMs: 200 };
  server = listener(answer, () => new Response(null, { status: 400 }), patience);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => undefined);
  return socket;
}

it("waits for no body without end: what there is of it is memory that others lack", async () => {
  let outcome: Promise<unknown> | undefined;
  const socket = await listen((request) => {
    const read = request.arrayBuffer();
    outcome = read.catch((error: Error) => error);
    return read.then(() => new Response("all of it"));
  }, 400);
  let answer = "";
  socket.on("data", (data) => (answer += data));
  socket.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
  await once(socket, "close");
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(await outcome).toBeInstanceOf(Error);
});

it("leaves a reader that takes nothing, and what it reads", async () => {
  let isLeft = (): void => undefined;
  const left = new Promise<void>((resolve) => (isLeft = resolve));
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
    cancel: () => isLeft(),
  });
  const socket = await listen(async () => new Response(endless), 60_000);
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await left;
  socket.destroy();
});
