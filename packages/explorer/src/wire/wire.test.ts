import { expect, test } from "vitest";
import { loggedFetch } from "./logged-fetch.ts";
import { WireLog } from "./wire-log.ts";
import { answerText, bodyText, requestText } from "./wire-text.ts";

const encoder = new TextEncoder();

function answering(...pieces: readonly string[]): typeof fetch {
  return async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(encoder.encode(piece));
          controller.close();
        },
      }),
      { status: 200, statusText: "OK", headers: { "content-type": "text/plain" } },
    );
}

test("a request and its answer are noted, and the answer is handed on", async () => {
  const log = new WireLog(queueMicrotask);
  const request = loggedFetch(answering("ab", "c"), log, () => 7);
  const response = await request("http://x/v1/stream/a?offset=-1", { headers: { "If-None-Match": '"1"' } });
  expect(log.snapshot()[0]!.status).toBe("open");
  expect(await response.text()).toBe("abc");
  const [exchange] = log.snapshot();
  expect(exchange).toMatchObject({ number: 1, status: "done", bodyBytes: 3, askedAt: 7 });
  expect(requestText(exchange!)).toBe('GET /v1/stream/a?offset=-1 HTTP/1.1\nhost: x\nif-none-match: "1"');
  expect(answerText(exchange!)).toBe("HTTP/1.1 200 OK\ncontent-type: text/plain");
  expect(bodyText(exchange!)).toBe("abc");
});

test("of a long answer the beginning and the end are kept, and of many requests the newest", async () => {
  const log = new WireLog(queueMicrotask);
  const piece = "é".repeat(5000);
  const pieces = [...Array.from({ length: 10 }, () => piece), "end"];
  await (await loggedFetch(answering(...pieces), log, Date.now)("http://x/")).text();
  const [long] = log.snapshot();
  expect(bodyText(long!)).toMatch(/^é+\n\n… 67235 bytes are not kept …\n\n.?é+end$/);
  for (let count = 0; count < 100; count++) await loggedFetch(answering(), log, Date.now)("http://x/");
  expect(log.snapshot().map(({ number }) => number)).toEqual(Array.from({ length: 40 }, (_, at) => 62 + at));
});

test("an answer that is given up, and one that fails, say so", async () => {
  const log = new WireLog(queueMicrotask);
  const response = await loggedFetch(answering("a"), log, Date.now)("http://x/");
  await response.body!.cancel();
  const failing = loggedFetch(async () => Promise.reject(new Error("no")), log, Date.now);
  await expect(failing("http://x/")).rejects.toThrow("no");
  expect(log.snapshot().map(({ status }) => status)).toEqual(["left", "lost"]);
});
