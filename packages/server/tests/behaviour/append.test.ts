import { expect, test } from "vitest";
import { JSON_TYPE, offset, producer, TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { RawSocket } from "../support/raw-socket.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const CLOSE = { "Stream-Closed": "true" } as const;

throughEachDoor("POST: append and close (protocol §7 and §8)", (s) => {
  test("7: a chunked body is one atomic append", async () => {
    const name = s.name();
    await s.http.put(name, { headers: JSON_TYPE });
    const raw = await RawSocket.open(s.open.url);
    raw.write(`POST /v1/stream/${name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`);
    raw.write("Transfer-Encoding: chunked\r\n\r\n4\r\n[1, \r\n");
    expect((await s.http.get(name)).text).toBe("[]");
    raw.write("2\r\n2]\r\n0\r\n\r\n");
    expect((await raw.answer()).status).toBe(204);
    raw.destroy();
    expect((await s.http.get(name)).text).toBe("[1,2]");
  });

  test("7: what is missing or wrong is named", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT });
    const { headers } = { headers: TEXT };
    expectProblem(await s.http.post(name, { body: "x" }), {
      status: 400,
      code: "missing_content_type",
      header: "Content-Type",
    });
    expectProblem(await s.http.post(name, { headers: JSON_TYPE, body: "1" }), {
      status: 409,
      code: "content_type_mismatch",
      header: "Content-Type",
    });
    expectProblem(await s.http.post(name, { headers }), { status: 400, code: "empty_body" });
    expectProblem(await s.http.post("nowhere", { headers, body: "x" }), {
      status: 404,
      code: "stream_not_found",
    });
  });

  test("17.1: what is wrong with the request itself is answered before whether the stream exists", async () => {
    const wrong = { ...TEXT, "Producer-Id": "alone" };
    expectProblem(await s.http.post("nowhere", { headers: wrong, body: "x" }), {
      status: 400,
      code: "bad_header",
      header: "Producer-Epoch",
    });
    expectProblem(await s.http.post("nowhere", { headers: TEXT }), { status: 400, code: "empty_body" });
    expect((await s.http.post("nowhere", { body: "x" })).status).toBe(400);
    expect((await s.http.post("nowhere", { headers: { ...TEXT, ...CLOSE } })).status).toBe(404);
  });

  test("10: a Stream-Seq may have 256 characters, and not one more", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT });
    const post = (seq: string) => s.http.post(name, { headers: { ...TEXT, "Stream-Seq": seq }, body: "x" });
    expect((await post("9".repeat(256))).status).toBe(204);
    const refused = { status: 400, code: "bad_header", header: "Stream-Seq" };
    expectProblem(await post("9".repeat(257)), refused);
  });

  test.each(["gzip", "GZIP, identity", "br"])(
    "a body in the coding %s is refused by name, and nothing is stored",
    async (coding) => {
      const name = s.name();
      const parts = { headers: { ...TEXT, "Content-Encoding": coding }, body: "\x1f\x8b" };
      const refused = { status: 415, code: "content_coding", header: "Content-Encoding" };
      const created = await s.http.put(name, parts);
      expectProblem(created, refused);
      expect(created.headers.get("Accept-Encoding")).toBe("identity");
      await s.http.put(name, { headers: TEXT });
      expectProblem(await s.http.post(name, parts), refused);
      expect((await s.http.get(name)).text).toBe("");
      const plain = { headers: { ...TEXT, "Content-Encoding": "identity" }, body: "x" };
      expect((await s.http.post(name, plain)).status).toBe(204);
    },
  );

  test("8: append-and-close with an empty JSON array is refused and closes nothing", async () => {
    const name = s.name();
    await s.http.put(name, { headers: JSON_TYPE });
    const answer = await s.http.post(name, { headers: { ...JSON_TYPE, ...CLOSE }, body: "[]" });
    expectProblem(answer, { status: 400, code: "empty_array" });
    expect((await s.http.head(name)).headers.has("Stream-Closed")).toBe(false);
  });

  test("8: every answer about a closed stream carries its end", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT, body: "four" });
    for (const parts of [{ headers: CLOSE }, { headers: CLOSE }]) {
      const closed = await s.http.post(name, parts);
      expect([closed.status, closed.headers.get("Stream-Closed"), closed.next]).toEqual([
        204,
        "true",
        offset(4),
      ]);
    }
    for (const headers of [TEXT, { ...TEXT, ...CLOSE }, { ...JSON_TYPE, ...CLOSE }]) {
      const refused = await s.http.post(name, { headers, body: "x" });
      expectProblem(refused, { status: 409, code: "stream_closed" });
      expect([refused.headers.get("Stream-Closed"), refused.next]).toEqual(["true", offset(4)]);
    }
  });

  test("10: of five concurrent appends with one Stream-Seq, exactly one succeeds", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT });
    const parts = { headers: { ...TEXT, "Stream-Seq": "1" }, body: "x" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => s.http.post(name, parts)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409, 409, 409]);
    expect((await s.http.get(name)).text).toBe("x");
  });

  test("10: a refused append leaves Stream-Seq as it was", async () => {
    const name = s.name();
    await s.http.put(name, { headers: JSON_TYPE });
    const post = (seq: string, body: string) =>
      s.http.post(name, { headers: { ...JSON_TYPE, "Stream-Seq": seq }, body });
    expect((await post("b", "{oops")).status).toBe(400);
    expect((await post("a", "1")).status).toBe(204);
    expectProblem(await post("a", "2"), {
      status: 409,
      code: "stream_seq_regression",
      header: "Stream-Seq",
    });
  });
});

throughEachDoor(
  "idempotent producers (protocol §9)",
  (s) => {
    /** A stream, and how to append to it as a producer. */
    async function stream(headers: Readonly<Record<string, string>> = TEXT) {
      const name = s.name();
      await s.http.put(name, { headers });
      return {
        name,
        post: (epoch: number, seq: number, body: string, more: Readonly<Record<string, string>> = {}) =>
          s.http.post(name, { headers: { ...headers, ...producer("p", epoch, seq), ...more }, body }),
      };
    }

    test("a repeat is told the tail, the highest sequence and whether the stream is closed", async () => {
      const { post } = await stream();
      await post(0, 0, "a");
      await post(0, 1, "b", CLOSE);
      const repeat = await post(0, 1, "b", CLOSE);
      expect([repeat.status, repeat.next]).toEqual([204, offset(2)]);
      expect([repeat.headers.get("Producer-Seq"), repeat.headers.get("Stream-Closed")]).toEqual([
        "1",
        "true",
      ]);
    });

    test("a stranger that does not begin at 0 has a gap", async () => {
      const { post } = await stream();
      const refused = await post(0, 7, "x");
      expectProblem(refused, { status: 409, code: "sequence_gap", header: "Producer-Seq" });
      expect(refused.headers.get("Producer-Expected-Seq")).toBe("0");
      expect(refused.headers.get("Producer-Received-Seq")).toBe("7");
    });

    test("an epoch that is stale or does not begin at 0 is refused by name", async () => {
      const { post } = await stream();
      await post(4, 0, "x");
      const stale = await post(3, 0, "x");
      expectProblem(stale, { status: 403, code: "stale_epoch", header: "Producer-Epoch" });
      expect(stale.headers.get("Producer-Epoch")).toBe("4");
      expectProblem(await post(5, 1, "x"), {
        status: 400,
        code: "epoch_must_start_at_zero",
        header: "Producer-Seq",
      });
    });

    test("every other 409 makes a client stop: expected and received sequence are the one it sent", async () => {
      const { name, post } = await stream();
      await post(0, 0, "x", { "Stream-Seq": "m" });
      const conflicts = [
        await post(0, 1, "x", { "Content-Type": "text/html" }),
        await post(0, 1, "x", { "Stream-Seq": "a" }),
      ];
      await s.http.post(name, { headers: CLOSE });
      conflicts.push(await post(0, 1, "x"), await post(0, 0, "x"));
      const seqs = conflicts.map(({ status, headers }) => [
        status,
        headers.get("Producer-Expected-Seq"),
        headers.get("Producer-Received-Seq"),
      ]);
      expect(seqs).toEqual([
        [409, "1", "1"],
        [409, "1", "1"],
        [409, "1", "1"],
        [409, "0", "0"],
      ]);
    });

    test("a request that is refused later does not use up its sequence number", async () => {
      const { name, post } = await stream(JSON_TYPE);
      expect((await post(0, 0, "{oops")).status).toBe(400);
      expect((await post(0, 0, "[]")).status).toBe(400);
      expect((await post(0, 0, "[1]", { "Stream-Seq": "5" })).status).toBe(200);
      expect((await post(0, 1, "[2]", { "Stream-Seq": "5" })).status).toBe(409);
      expect((await post(0, 1, "[2]", { "Stream-Seq": "6" })).status).toBe(200);
      expect((await s.http.get(name)).text).toBe("[1,2]");
    });

    test("one request is one sequence number, however many messages it holds", async () => {
      const { post } = await stream(JSON_TYPE);
      expect((await post(0, 0, "[1,2,3]")).headers.get("Producer-Seq")).toBe("0");
      expect((await post(0, 1, "4")).status).toBe(200);
    });

    test.each([
      [{ "Producer-Id": "p" }, "Producer-Epoch"],
      [{ "Producer-Epoch": "0", "Producer-Seq": "0" }, "Producer-Id"],
      [{ "Producer-Id": "p", "Producer-Epoch": "0" }, "Producer-Seq"],
      [{ "Producer-Id": "", "Producer-Epoch": "0", "Producer-Seq": "0" }, "Producer-Id"],
      [{ "Producer-Id": "p".repeat(257), "Producer-Epoch": "0", "Producer-Seq": "0" }, "Producer-Id"],
      [{ "Producer-Id": "p", "Producer-Epoch": "1e3", "Producer-Seq": "0" }, "Producer-Epoch"],
      [{ "Producer-Id": "p", "Producer-Epoch": "9007199254740992", "Producer-Seq": "0" }, "Producer-Epoch"],
      [{ "Producer-Id": "p", "Producer-Epoch": "0", "Producer-Seq": "-1" }, "Producer-Seq"],
    ])("3.1: the trio %j is refused for its %s", async (headers, header) => {
      const { name } = await stream();
      expectProblem(await s.http.post(name, { headers: { ...TEXT, ...headers }, body: "x" }), {
        status: 400,
        code: "bad_header",
        header,
      });
    });

    test("a stream remembers only so many producers, and goes on for those that it knows", async () => {
      const { name } = await stream();
      const post = (id: string, seq: number) =>
        s.http.post(name, { headers: { ...TEXT, ...producer(id, 0, seq) }, body: "x" });
      for (const id of ["a", "b", "c"]) expect((await post(id, 0)).status).toBe(200);
      expectProblem(await post("d", 0), { status: 409, code: "producer_limit", header: "Producer-Id" });
      expect((await post("a", 1)).status).toBe(200);
    });

    test("8: on a closed stream only the closing request is recognised", async () => {
      const { post } = await stream();
      await post(0, 0, "a");
      await post(0, 1, "b", CLOSE);
      expect((await post(0, 1, "other body", CLOSE)).status).toBe(204);
      for (const late of [await post(0, 0, "a"), await post(0, 1, "b"), await post(0, 2, "c", CLOSE)]) {
        expectProblem(late, { status: 409, code: "stream_closed" });
      }
    });

    test("8: a bare close of a producer echoes its numbers", async () => {
      const { name } = await stream();
      const headers = { ...producer("p", 2, 0), ...CLOSE };
      for (let attempt = 0; attempt < 2; attempt++) {
        const closed = await s.http.post(name, { headers });
        expect([
          closed.status,
          closed.headers.get("Producer-Epoch"),
          closed.headers.get("Producer-Seq"),
          closed.headers.get("Stream-Closed"),
        ]).toEqual([204, "2", "0", "true"]);
      }
    });
  },
  () => ({ producersPerStream: 3 }),
);
