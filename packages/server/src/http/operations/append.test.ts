import { expect, test } from "vitest";
import { CONFIG, requestOf } from "../../../tests/support/request.ts";
import type { AppendOutcome } from "../../shard/append.ts";
import type { AppendCommand } from "../../stream/commands.ts";
import { reject } from "../../stream/rejections.ts";
import type { Context } from "../context.ts";
import type { Reply } from "../message/reply.ts";
import { append } from "./append.ts";

const ALL = { prefix: "/v1/stream/", token: undefined, isKept: true, service: undefined, usage: undefined };

const APPENDED: AppendOutcome = {
  kind: "appended",
  nextPosition: 3,
  closed: false,
  withData: true,
  producer: undefined,
};

/** Sends a POST to a stream that answers like this, and tells what the stream was asked. */
async function post(
  init: RequestInit,
  outcome = APPENDED,
): Promise<{ reply: Reply; asked: AppendCommand | undefined }> {
  let asked: AppendCommand | undefined;
  const streams = {
    for: () => ({
      append: (_path: string, command: AppendCommand) => {
        asked = command;
        return Promise.resolve(outcome);
      },
    }),
  };
  const context = { config: CONFIG, streams } as unknown as Context;
  const request = requestOf("POST", "/v1/stream/s", init);
  const reply = await append(context, ALL, request, "/v1/stream/s");
  return { reply, asked };
}

const codeOf = ({ body }: Reply): string => JSON.parse(String(body)).code;
const headerOf = ({ headers }: Reply, name: string): string | undefined => headers[headers.indexOf(name) + 1];

test("of several things that are wrong the first is said, and the stream is not asked", async () => {
  const headers = new Headers({
    "Content-Encoding": "gzip",
    "Producer-Id": "p",
    "Stream-Seq": "1".repeat(257),
  });
  let body = "x".repeat(101);
  const said: unknown[] = [];
  const next = async (): Promise<void> => {
    const { reply, asked } = await post({ headers, body });
    expect(asked).toBeUndefined();
    said.push(codeOf(reply) === "bad_header" ? JSON.parse(String(reply.body)).header : codeOf(reply));
  };
  await next();
  headers.delete("Content-Encoding");
  await next();
  body = "x";
  await next();
  headers.delete("Producer-Id");
  await next();
  expect(said).toEqual(["content_coding", "body_too_large", "Producer-Epoch", "Stream-Seq"]);
});

test("what the headers say becomes the command", async () => {
  const trio = { "Producer-Id": "p", "Producer-Epoch": "1", "Producer-Seq": "2" };
  const headers = { "Content-Type": "a/b", "Stream-Closed": "TRUE", "Stream-Seq": "9", ...trio };
  const { asked } = await post({ headers, body: "abc" });
  expect(asked).toMatchObject({ contentType: "a/b", closes: true, streamSeq: "9" });
  expect(asked).toMatchObject({ producer: { id: "p", epoch: 1, seq: 2 }, body: { byteLength: 3 } });
  const bare = await post({ headers: { "Stream-Closed": "1" } });
  expect(bare.asked).toMatchObject({ contentType: undefined, closes: false, body: { byteLength: 0 } });
});

test.each([
  [APPENDED, 204, undefined],
  [{ ...APPENDED, producer: { epoch: 1, lastSeq: 4 } }, 200, "4"],
  [{ ...APPENDED, withData: false, closed: true, producer: { epoch: 1, lastSeq: 4 } }, 204, "4"],
] as const)("%j is answered %i, with Producer-Seq %j", async (outcome, status, seq) => {
  const { reply } = await post({ body: "abc" }, outcome);
  expect(reply.status).toBe(status);
  expect(reply.headers.includes("Stream-Closed")).toBe(outcome.closed);
  expect(reply.headers.includes("Producer-Seq") ? headerOf(reply, "Producer-Seq") : undefined).toBe(seq);
});

test("a 409 makes a producer stop, but a gap says where it stands", async () => {
  const headers = { "Producer-Id": "p", "Producer-Epoch": "0", "Producer-Seq": "5" };
  const full = await post({ headers, body: "x" }, reject({ kind: "stream-closed", finalPosition: 9 }));
  expect(headerOf(full.reply, "Producer-Expected-Seq")).toBe("5");
  const gap = await post({ headers, body: "x" }, reject({ kind: "sequence-gap", expected: 3, received: 5 }));
  expect(headerOf(gap.reply, "Producer-Expected-Seq")).toBe("3");
  const nameless = await post({ body: "x" }, reject({ kind: "stream-closed", finalPosition: 9 }));
  expect(nameless.reply.headers).not.toContain("Producer-Expected-Seq");
});
