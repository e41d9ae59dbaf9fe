import { expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import { BINARY, JSON_TYPE, offset, TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor("GET: catch-up (protocol §4 and §12)", (s) => {
  test.each([
    ["0_0", "a short form"],
    ["%2B1", "a sign"],
    ["-2", "another sentinel"],
    ["NOW", "another letter case"],
    ["", "nothing"],
    ["0000000000000000_000000000000000x", "a letter"],
    ["00000000000000000_000000000000000", "seventeen digits"],
    ["0000000000000000_0000000000000000%0A", "a line break at the end"],
    ["0000000000000000-0000000000000000", "another separator"],
  ])("4.2: offset=%s is refused: %s", async (token) => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT });
    expectProblem(await s.http.get(name, `?offset=${token}`), {
      status: 400,
      code: "bad_parameter",
      parameter: "offset",
    });
  });

  test("17.1: whether the stream exists is answered before its parameters are judged", async () => {
    expect((await s.http.get("nowhere", "?offset=nonsense")).status).toBe(404);
    expect((await s.http.get("nowhere", "?live=nonsense")).status).toBe(404);
    expect((await s.http.get("nowhere", "?live=sse")).status).toBe(404);
  });

  test.each([offset(100), `0000000000000001_${"0".repeat(16)}`, `${"9".repeat(16)}_${"9".repeat(16)}`])(
    "4.3: %s, beyond the tail, reads as the tail",
    async (beyond) => {
      const name = s.name();
      await s.http.put(name, { headers: TEXT, body: "abc" });
      const read = await s.http.get(name, `?offset=${beyond}`);
      expect([read.status, read.text, read.next]).toEqual([200, "", offset(3)]);
      expect(read.headers.get("Stream-Up-To-Date")).toBe("true");
      expect(read.headers.get("Cache-Control")).toContain("no-store");
    },
  );

  test("an offset inside an append is answered from where that append begins", async () => {
    const name = s.name();
    await s.http.put(name, { headers: BINARY, body: "abc" });
    await s.http.post(name, { headers: BINARY, body: "def" });
    await s.http.post(name, { headers: BINARY, body: "g" });
    const whole = ["abcdefg", "abcdefg", "abcdefg", "defg", "defg", "defg", "g", ""];
    for (const [from, text] of whole.entries())
      expect((await s.http.get(name, `?offset=${offset(from)}`)).text).toBe(text);
    expect((await s.http.get(name, `?offset=${offset(4)}&exact=true`)).text).toBe("efg");
    const fork = s.name();
    const headers = { "Stream-Forked-From": s.http.path(name), "Stream-Fork-Offset": offset(5) };
    await s.http.put(fork, { headers, body: "FG" });
    for (const [from, text] of ["abcdeFG", "abcdeFG", "abcdeFG", "deFG", "deFG", "FG", "FG", ""].entries())
      expect((await s.http.get(fork, `?offset=${offset(from)}`)).text).toBe(text);
  });

  test("whoever asks for an exact offset within a message of an append gets that message, and those behind it", async () => {
    const name = s.name();
    await s.http.put(name, { headers: JSON_TYPE, body: '["first"]' });
    await s.http.post(name, { headers: JSON_TYPE, body: "[10,20,30]" });
    const read = async (from: number, query: string) =>
      (await s.http.get(name, `?offset=${offset(from)}${query}`)).text;
    expect(await read(12, "")).toBe("[10,20,30]");
    for (const [from, text] of ["[10,20,30]", "[10,20,30]", "[10,20,30]", "[20,30]", "[20,30]"].entries())
      expect(await read(8 + from, "&exact=true")).toBe(text);
    expect(await read(3, "&exact=true")).toBe('["first",10,20,30]');
  });

  test.each([
    ["bytes", BINARY, Buffer.alloc(1_000_000, "0123456789")],
    ["text", TEXT, Buffer.from(`x${"\u20ac\u00e9\r\n".repeat(100_000)}`)],
  ])(
    "offsets at which we cut a long append of %s are exact: a reader that resumes loses and repeats nothing",
    async (_, headers, body) => {
      const name = s.name();
      await s.http.put(name, { headers, body: "before" });
      await s.http.post(name, { headers, body });
      const events = await EventStream.open(s.http.url(name, `?offset=${offset(6)}&live=sse`));
      await events.until(({ controls }) => controls.some(({ upToDate }) => upToDate));
      events.close();
      const cuts = events.controls.map(({ streamNextOffset }) => streamNextOffset);
      expect(cuts.length).toBeGreaterThan(2);
      for (const cut of cuts) {
        const { bytes } = await s.http.get(name, `?offset=${cut}`);
        expect(bytes.equals(body.subarray(Number(cut.slice(17)) - 6))).toBe(true);
        const after = offset(Number(cut.slice(17)) - 100);
        expect((await s.http.get(name, `?offset=${after}`)).bytes.length).toBe(body.length);
      }
    },
  );

  test("a long read streams, with its length announced", async () => {
    const name = s.name();
    const body = Buffer.alloc(3_000_000, "0123456789");
    await s.http.put(name, { headers: BINARY, body });
    const read = await s.http.get(name);
    expect(read.headers.get("Content-Length")).toBe("3000000");
    expect(read.bytes.equals(body)).toBe(true);
  });
});

throughEachDoor("caching (protocol §16)", (s) => {
  const cacheOf = async (name: string, query = "") =>
    (await s.http.get(name, query)).headers.get("Cache-Control");

  test("16.1: data may be stored, an empty answer at the tail may not", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT, body: "x" });
    expect(await cacheOf(name)).toBe("public, max-age=60, stale-while-revalidate=300");
    expect(await cacheOf(name, "?offset=-1&live=long-poll")).toContain("public");
    expect(await cacheOf(name, `?offset=${offset(1)}`)).toBe("no-store");
    expect(await cacheOf(name, "?offset=now")).toBe("no-store");
  });

  test("16.2: offset=now has no tag", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT, body: "x" });
    const read = await s.http.get(name, "?offset=now", { "If-None-Match": "*" });
    expect([read.status, read.headers.has("ETag")]).toEqual([200, false]);
  });

  test("16.2: the tag changes when a stream is closed without data", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT, body: "x" });
    const open = (await s.http.get(name)).headers.get("ETag")!;
    await s.http.post(name, { headers: { "Stream-Closed": "true" } });
    const read = await s.http.get(name, "", { "If-None-Match": open });
    expect([read.status, read.headers.get("Stream-Closed")]).toEqual([200, "true"]);
    expect(read.headers.get("ETag")).not.toBe(open);
  });

  test("16.2: another life of the same path, with the same bytes, has another tag", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT, body: "x" });
    const first = (await s.http.get(name)).headers.get("ETag")!;
    await s.http.delete(name);
    await s.http.put(name, { headers: TEXT, body: "x" });
    const again = await s.http.get(name, "", { "If-None-Match": first });
    expect([again.status, again.text]).toEqual([200, "x"]);
  });

  test("16.2: slices that begin elsewhere have other tags", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT, body: "a" });
    for (const body of ["b", "c"]) await s.http.post(name, { headers: TEXT, body });
    const tags = await Promise.all(
      [0, 1, 2].map(async (from) => (await s.http.get(name, `?offset=${offset(from)}`)).headers.get("ETag")),
    );
    expect(new Set(tags).size).toBe(3);
  });

  test("16.2: If-None-Match may be a list, weak, or an asterisk", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT, body: "x" });
    const tag = (await s.http.get(name)).headers.get("ETag")!;
    for (const header of [tag, `W/${tag}`, `"a", ${tag}`, `"a,b" ,W/${tag} , "c"`, "*"]) {
      expect((await s.http.get(name, "", { "If-None-Match": header })).status, header).toBe(304);
    }
    for (const header of ['"a"', tag.slice(1, -1), `"a" ${tag}`, "", `"${tag}`]) {
      expect((await s.http.get(name, "", { "If-None-Match": header })).status, header).toBe(200);
    }
  });

  test("12: a 304 repeats offset, up-to-date and closed", async () => {
    const name = s.name();
    await s.http.put(name, { headers: { ...JSON_TYPE, "Stream-Closed": "true" }, body: "[1]" });
    const tag = (await s.http.get(name)).headers.get("ETag")!;
    const { status, headers, text, next } = await s.http.get(name, "", { "If-None-Match": tag });
    expect([status, text, next]).toEqual([304, "", offset(2)]);
    expect([headers.get("ETag"), headers.get("Stream-Up-To-Date"), headers.get("Stream-Closed")]).toEqual([
      tag,
      "true",
      "true",
    ]);
  });
});

throughEachDoor(
  "configured caching (protocol §16.1)",
  (s) => {
    test("cacheControl is that of reads with data, and of no others", async () => {
      await s.http.put("s", { headers: TEXT, body: "x" });
      expect((await s.http.get("s")).headers.get("Cache-Control")).toBe("private, max-age=5");
      expect((await s.http.get("s", "?offset=now")).headers.get("Cache-Control")).toBe("no-store");
    });
  },
  () => ({ cacheControl: "private, max-age=5" }),
);
