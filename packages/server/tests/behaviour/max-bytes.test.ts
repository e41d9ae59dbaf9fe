import { describe, expect, test } from "vitest";
import { BINARY, JSON_TYPE, offset, producer, TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const FULL = { status: 413, code: "stream_max_bytes" } as const;

/** Headers of a PUT with a limit. */
const limited = (bytes: number | string, headers: Readonly<Record<string, string>> = TEXT) => ({
  ...headers,
  "Stream-Max-Bytes": String(bytes),
});

throughEachDoor("Stream-Max-Bytes", (s) => {
  const create = async (bytes: number, body = "", headers?: Readonly<Record<string, string>>) => {
    const name = s.name();
    const made = await s.http.put(name, { headers: limited(bytes, headers), body });
    expect(made.status).toBe(201);
    return name;
  };
  const append = (name: string, body: string, headers: Readonly<Record<string, string>> = TEXT) =>
    s.http.post(name, { headers, body });
  const maxOf = async (name: string) => (await s.http.head(name)).headers.get("Stream-Max-Bytes");

  test("a stream takes exactly as much, and what goes beyond is refused whole, with the limit and the use", async () => {
    const name = await create(10, "123");
    expect((await append(name, "4567")).status).toBe(204);
    const refused = await append(name, "8901");
    expectProblem(refused, FULL);
    expect(JSON.parse(refused.text)).toMatchObject({ limit: 10, size: 7, added: 4 });
    expect((await append(name, "890")).next).toBe(offset(10));
    expectProblem(await append(name, "1"), FULL);
    expect((await s.http.get(name)).text).toBe("1234567890");
  });

  test("HEAD and the list say the limit, and nothing where there is none", async () => {
    const name = await create(10);
    expect(await maxOf(name)).toBe("10");
    const free = s.name();
    await s.http.put(free, { headers: TEXT });
    expect(await maxOf(free)).toBeNull();
    const listed = async (path: string) => {
      const page = await s.http.send("GET", s.http.path("__ds/streams"), {
        query: `?prefix=${path}&limit=1`,
      });
      return JSON.parse(page.text).streams[0].maxBytes;
    };
    expect([await listed(name), await listed(free)]).toEqual([10, undefined]);
  });

  test.each(["0", "-1", "01", "1.5", "1e3", "10MB", "9007199254740992", "9".repeat(300), "ten"])(
    "%j is refused, and nothing is created",
    async (value) => {
      const name = s.name();
      const answer = await s.http.put(name, { headers: limited(value) });
      expectProblem(answer, { status: 400, code: "bad_header", header: "Stream-Max-Bytes" });
      expect((await s.http.head(name)).status).toBe(404);
    },
  );

  test("the largest limit is one that offsets can express", async () => {
    const name = await create(Number.MAX_SAFE_INTEGER, "x");
    expect(await maxOf(name)).toBe("9007199254740991");
    expect((await append(name, "y")).status).toBe(204);
  });

  test("first content beyond the limit creates nothing", async () => {
    const name = s.name();
    expectProblem(await s.http.put(name, { headers: limited(3), body: "four" }), FULL);
    expect((await s.http.head(name)).status).toBe(404);
    expect((await s.http.put(name, { headers: limited(4), body: "four" })).status).toBe(201);
  });

  test("the same PUT again is fine, another limit or none is a conflict", async () => {
    const name = await create(10);
    expect((await s.http.put(name, { headers: limited(10) })).status).toBe(200);
    for (const headers of [limited(11), TEXT]) {
      const conflict = await s.http.put(name, { headers });
      expectProblem(conflict, { status: 409, code: "stream_exists" });
      expect(conflict.text).toContain("Stream-Max-Bytes is 10");
    }
    const free = s.name();
    await s.http.put(free, { headers: TEXT });
    expectProblem(await s.http.put(free, { headers: limited(10) }), { status: 409, code: "stream_exists" });
  });

  test("a JSON batch is all or nothing, and its commas count", async () => {
    const name = await create(6, "[1]", JSON_TYPE);
    expectProblem(await append(name, "[2,3,4]", JSON_TYPE), FULL);
    expect((await s.http.get(name)).text).toBe("[1]");
    // White space between messages is not stored, so it does not count.
    expect((await append(name, "[ 2 ,   3 ]", JSON_TYPE)).next).toBe(offset(6));
    expect((await s.http.get(name)).text).toBe("[1,2,3]");
  });

  test("a long JSON batch is held to it, too", async () => {
    const long = `[${"1,".repeat(70_000)}1]`;
    const name = await create(140_001, "", JSON_TYPE);
    expectProblem(await append(name, long, JSON_TYPE), FULL);
    expect((await s.http.head(name)).next).toBe(offset(0));
    const roomy = await create(140_002, "", JSON_TYPE);
    expect((await append(roomy, long, JSON_TYPE)).next).toBe(offset(140_002));
  });

  test("a refused append uses up no number of its producer, and a repeat stays a repeat when the stream is full", async () => {
    const name = await create(4, "", BINARY);
    const send = (seq: number, body: string) => append(name, body, { ...BINARY, ...producer("p", 0, seq) });
    expect((await send(0, "abc")).status).toBe(200);
    expectProblem(await send(1, "de"), FULL);
    expect((await send(1, "d")).status).toBe(200);
    const repeat = await send(1, "d");
    expect([repeat.status, repeat.headers.get("Producer-Seq")]).toEqual([204, "1"]);
    expect((await s.http.get(name)).text).toBe("abcd");
  });

  test("a refused append uses up no Stream-Seq", async () => {
    const name = await create(3);
    expectProblem(await append(name, "long", { ...TEXT, "Stream-Seq": "5" }), FULL);
    expect((await append(name, "abc", { ...TEXT, "Stream-Seq": "5" })).status).toBe(204);
  });

  test("a full stream can be closed, and an append that is refused does not close it", async () => {
    const name = await create(3, "abc");
    const close = { "Stream-Closed": "true" } as const;
    expectProblem(await append(name, "d", { ...TEXT, ...close }), FULL);
    expect((await s.http.head(name)).headers.get("Stream-Closed")).toBeNull();
    expect((await s.http.post(name, { headers: close })).status).toBe(204);
  });

  test("of appends at once as many are taken as fit", async () => {
    const name = await create(30);
    const answers = await Promise.all(Array.from({ length: 8 }, () => append(name, "0123456789")));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 413)).toHaveLength(5);
    expect((await s.http.head(name)).next).toBe(offset(30));
  });

  describe("of a fork", () => {
    const fork = async (source: string, headers: Readonly<Record<string, string>> = {}, body = "") => {
      const name = s.name();
      const answer = await s.http.put(name, {
        headers: { "Stream-Forked-From": s.http.path(source), ...headers },
        body,
      });
      return { name, answer };
    };

    test("is its source's, and what it inherits counts", async () => {
      const source = await create(10, "1234567");
      const { name } = await fork(source, { "Stream-Fork-Offset": offset(5) });
      expect(await maxOf(name)).toBe("10");
      expectProblem(await append(name, "678901"), FULL);
      expect((await append(name, "67890")).next).toBe(offset(10));
      // The source goes by its own use.
      expect((await append(source, "890")).next).toBe(offset(10));
    });

    test("is its own if it names one, be it more or less", async () => {
      const source = await create(10, "1234567890");
      const more = await fork(source, { "Stream-Max-Bytes": "12" });
      expect((await append(more.name, "12")).status).toBe(204);
      const less = await fork(source, { "Stream-Max-Bytes": "6", "Stream-Fork-Offset": offset(0) });
      expect(await maxOf(less.name)).toBe("6");
    });

    test("cannot be below what it inherits, and a refused fork takes no reference", async () => {
      const source = await create(10, "1234567");
      const { answer } = await fork(source, { "Stream-Max-Bytes": "6" });
      expectProblem(answer, FULL);
      expect(JSON.parse(answer.text)).toMatchObject({ limit: 6, size: 7, added: 0 });
      expectProblem((await fork(source, { ...TEXT }, "8901")).answer, FULL);
      expect((await s.http.delete(source)).status).toBe(204);
      expect((await s.http.head(source)).status).toBe(404);
    });

    test("is compared as it was resolved, also when the source is gone", async () => {
      const source = await create(10, "123");
      const silent = await fork(source);
      const own = await fork(source, { "Stream-Max-Bytes": "20" });
      const again = (name: string, headers: Readonly<Record<string, string>>) =>
        s.http.put(name, { headers: { "Stream-Forked-From": s.http.path(source), ...headers } });
      await s.http.delete(source);
      expect((await again(silent.name, {})).status).toBe(200);
      expect((await again(silent.name, { "Stream-Max-Bytes": "10" })).status).toBe(200);
      expect((await again(silent.name, { "Stream-Max-Bytes": "11" })).status).toBe(409);
      expect((await again(own.name, { "Stream-Max-Bytes": "20" })).status).toBe(200);
      expect((await again(own.name, {})).status).toBe(409);
    });
  });
});
