import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Connection } from "../connection/connection.ts";
import { type ReadRequest, readStream } from "./read-stream.ts";
import { messageCutter } from "./units.ts";

let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Reads from a server that answers as told, one answer after the other, and returns content and positions. */
async function read(
  answers: readonly RequestListener[],
  request: Partial<ReadRequest> = {},
): Promise<string[]> {
  let next = 0;
  server = createServer((incoming, response) => {
    const answer = answers[next];
    next += 1;
    if (answer === undefined) response.writeHead(500).end();
    else answer(incoming, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connection = new Connection({ baseUrl: `http://127.0.0.1:${port}`, headers: {}, timeoutMs: 60_000 });
  const seen: string[] = [];
  for await (const event of readStream(connection, {
    url: connection.streamUrl("s"),
    offset: "-1",
    live: "none",
    ...request,
  })) {
    if (event.kind === "data") seen.push(...event.pieces.map((piece) => Buffer.from(piece).toString()));
    if (event.kind === "position") seen.push(`@${event.offset}`);
  }
  expect(next).toBe(answers.length);
  return seen;
}

const page =
  (body: string, offset: string, upToDate: boolean): RequestListener =>
  (_request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.setHeader("Stream-Next-Offset", offset);
    if (upToDate) response.setHeader("Stream-Up-To-Date", "true");
    response.end(body);
  };

/** The beginning of a page, then a broken connection. */
const broken =
  (body: string): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
    response.write(body, () => response.destroy());
  };

const messages = { cutterFor: () => messageCutter };

describe("reading a stream", () => {
  it("goes through all pages", async () => {
    expect(await read([page("[1,2]", "a", false), page("[3]", "b", true)], messages)).toEqual([
      "1",
      "2",
      "@a",
      "3",
      "@b",
    ]);
  });

  it("goes on where a connection broke, by messages", async () => {
    const answers = [broken("[1,2,"), broken("[1,2,3,"), page("[1,2,3,4]", "a", true)];
    expect(await read(answers, messages)).toEqual(["1", "2", "3", "4", "@a"]);
  });

  it("goes on where a connection broke, by bytes", async () => {
    expect((await read([broken("abc"), page("abcdef", "a", true)])).join("")).toBe("abcdef@a");
  });

  it("leaves out what an earlier run consumed, also when the connection breaks", async () => {
    const answers = [broken("[1,2,3,"), broken("[1,"), page("[1,2,3,4]", "a", true)];
    expect(await read(answers, { ...messages, skip: 2 })).toEqual(["3", "4", "@a"]);
  });

  it("hands on what arrives of a page before its end", async () => {
    let finish = () => {};
    const halves: RequestListener = (_request, response) => {
      response.writeHead(200, { "Content-Type": "application/json", "Stream-Next-Offset": "a" });
      response.write("[1,2,");
      finish = () => response.end("3]");
    };
    const cutterFor = () => () => {
      const cutter = messageCutter();
      // The second half is sent when the first was cut: a page that is held until its end would wait for ever.
      const push = (bytes: Uint8Array) => {
        const pieces = cutter.push(bytes);
        if (pieces.length === 2) finish();
        return pieces;
      };
      return { ...cutter, push };
    };
    expect(await read([halves, page("[]", "b", true)], { cutterFor })).toEqual(["1", "2", "3", "@a", "@b"]);
  });
});
