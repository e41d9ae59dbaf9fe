import { formatOffset } from "@perennial/protocol";
import { expect, test } from "vitest";
import { CONFIG, requestOf } from "../../../tests/support/request.ts";
import type { CreateCommand } from "../../stream/commands.ts";
import type { Context } from "../context.ts";
import type { Reply } from "../message/reply.ts";
import { create } from "./create.ts";

const ALL = { prefix: "/v1/stream/", token: undefined, isKept: true, service: undefined, usage: undefined };

/** Sends a PUT, and tells what the streams were asked. */
async function put(
  init: RequestInit,
  kind: "created" | "exists" = "created",
): Promise<{ reply: Reply; asked: CreateCommand | undefined }> {
  let asked: CreateCommand | undefined;
  const streams = {
    for: () => ({
      create: (command: CreateCommand) => {
        asked = command;
        return Promise.resolve({ kind, contentType: "a/b", nextPosition: 0, closed: false });
      },
    }),
  };
  const context = { config: CONFIG, streams, roots: [] } as unknown as Context;
  const request = requestOf("PUT", "/v1/stream/a%62?x=1", init);
  const reply = await create(context, ALL, request, "/v1/stream/ab");
  return { reply, asked };
}

test("of several things that are wrong the first is said, and the streams are not asked", async () => {
  const headers = new Headers({ "Content-Encoding": "br", "Stream-TTL": "1", "Stream-Expires-At": "never" });
  headers.set("Stream-Max-Bytes", "0");
  headers.set("Stream-Fork-Offset", formatOffset(1));
  let body = "x".repeat(101);
  const said: unknown[] = [];
  const next = async (): Promise<void> => {
    const { reply, asked } = await put({ headers, body });
    expect(asked).toBeUndefined();
    const { code, header } = JSON.parse(String(reply.body));
    said.push(code === "bad_header" ? header : code);
  };
  await next();
  headers.delete("Content-Encoding");
  await next();
  body = "";
  await next();
  headers.delete("Stream-TTL");
  await next();
  headers.delete("Stream-Expires-At");
  await next();
  headers.delete("Stream-Max-Bytes");
  await next();
  headers.set("Stream-Forked-From", "/elsewhere/s");
  await next();
  headers.set("Stream-Forked-From", "/v1/stream/s");
  headers.set("Stream-Fork-Offset", "1");
  headers.set("Stream-Fork-Sub-Offset", "01");
  await next();
  headers.delete("Stream-Fork-Offset");
  await next();
  expect(said).toEqual([
    ...["content_coding", "body_too_large", "Stream-TTL", "Stream-Expires-At", "Stream-Max-Bytes"],
    ...["Stream-Fork-Offset", "Stream-Forked-From", "Stream-Fork-Offset", "Stream-Fork-Sub-Offset"],
  ]);
});

test.each<[Record<string, string>, Partial<CreateCommand>]>([
  [{}, { path: "/v1/stream/ab", closed: false, fork: undefined, maxBytes: undefined }],
  [{ "Content-Type": "nonsense" }, { contentType: undefined }],
  [{ "Content-Type": "a/b; c=d" }, { contentType: "a/b; c=d" }],
  [
    { "Stream-TTL": "0", "Stream-Closed": "true" },
    { ttlSeconds: 0, expiresAt: undefined, closed: true },
  ],
  [{ "Stream-Expires-At": "1970-01-01T00:00:01Z" }, { ttlSeconds: undefined, expiresAt: 1000 }],
  [{ "Stream-Max-Bytes": "9007199254740991" }, { maxBytes: Number.MAX_SAFE_INTEGER }],
  [
    { "Stream-Forked-From": "/v1/stream/s%6f" },
    { fork: { sourcePath: "/v1/stream/so", anchor: undefined, subOffset: 0 } },
  ],
  [
    {
      "Stream-Forked-From": "/v1/stream/s",
      "Stream-Fork-Offset": formatOffset(4),
      "Stream-Fork-Sub-Offset": "9".repeat(30),
    },
    { fork: { sourcePath: "/v1/stream/s", anchor: 4, subOffset: Number.MAX_SAFE_INTEGER } },
  ],
])("%j becomes %j", async (headers, command) => {
  const { asked } = await put({ headers });
  expect(asked).toMatchObject(command);
});

test("only what is new says where it is, by the path as it was sent", async () => {
  const { reply } = await put({});
  expect(reply.status).toBe(201);
  expect(reply.headers.slice(-2)).toEqual(["Location", "http://test/v1/stream/a%62"]);
  const again = await put({}, "exists");
  expect(again.reply.status).toBe(200);
  expect(again.reply.headers).not.toContain("Location");
});
