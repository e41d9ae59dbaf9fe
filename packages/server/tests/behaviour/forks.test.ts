import { expect, test } from "vitest";
import { PATH_BYTES_MAX } from "../../src/stream/paths.ts";
import { JSON_TYPE, offset, producer, TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor(
  "forks (protocol §6)",
  (s) => {
    const forkOf = (source: string, headers: Readonly<Record<string, string>> = {}) => ({
      headers: { "Stream-Forked-From": s.http.path(source), ...headers },
    });

    test("6.3: a repeat that leaves out content type, lifetime and offset is the same request", async () => {
      const [source, fork] = [s.name(), s.name()];
      await s.http.put(source, { headers: { ...JSON_TYPE, "Stream-TTL": "500" }, body: "[1]" });
      expect((await s.http.put(fork, forkOf(source))).status).toBe(201);
      await s.http.post(source, { headers: JSON_TYPE, body: "[2]" });
      for (const headers of [
        {},
        JSON_TYPE,
        { "Stream-TTL": "500" },
        { "Stream-Fork-Offset": offset(2) },
        { "Stream-Fork-Sub-Offset": "0" },
      ]) {
        expect((await s.http.put(fork, forkOf(source, headers))).status).toBe(200);
      }
      for (const headers of [{ "Stream-TTL": "501" }, { "Stream-Fork-Offset": offset(4) }]) {
        expectProblem(await s.http.put(fork, forkOf(source, headers)), {
          status: 409,
          code: "stream_exists",
        });
      }
      expect((await s.http.put(fork, { headers: JSON_TYPE })).status).toBe(409);
    });

    test("6.3: a lifetime given as the source's own is the inherited one", async () => {
      const [source, fork] = [s.name(), s.name()];
      await s.http.put(source, { headers: { ...TEXT, "Stream-TTL": "500" } });
      await s.http.put(fork, forkOf(source, { "Stream-TTL": "500" }));
      expect((await s.http.put(fork, forkOf(source))).status).toBe(200);
    });

    test("6.2: the lifetime is inherited unless the request has one", async () => {
      const [source, silent, own] = [s.name(), s.name(), s.name()];
      await s.http.put(source, { headers: { ...TEXT, "Stream-TTL": "500" } });
      await s.http.put(silent, forkOf(source));
      await s.http.put(own, forkOf(source, { "Stream-Expires-At": "2040-01-01T00:00:00Z" }));
      expect((await s.http.head(silent)).headers.get("Stream-TTL")).toBe("500");
      const head = await s.http.head(own);
      expect([head.headers.get("Stream-TTL"), head.headers.get("Stream-Expires-At")]).toEqual([
        null,
        "2040-01-01T00:00:00.000Z",
      ]);
    });

    test("6: fork headers without a source are refused by name", async () => {
      for (const header of ["Stream-Fork-Offset", "Stream-Fork-Sub-Offset"]) {
        const value = header === "Stream-Fork-Offset" ? offset(0) : "0";
        expectProblem(await s.http.put(s.name(), { headers: { ...TEXT, [header]: value } }), {
          status: 400,
          code: "bad_header",
          header,
        });
      }
    });

    test("6.1: a byte sub-offset may reach over several appends, to the tail", async () => {
      const source = s.name();
      await s.http.put(source, { headers: TEXT, body: "ab" });
      await s.http.post(source, { headers: TEXT, body: "cd" });
      await s.http.post(source, { headers: TEXT, body: "ef" });
      for (const [sub, text] of [
        ["0", "ab"],
        ["3", "abcde"],
        ["4", "abcdef"],
      ] as const) {
        const fork = s.name();
        const headers = { "Stream-Fork-Offset": offset(2), "Stream-Fork-Sub-Offset": sub };
        expect((await s.http.put(fork, forkOf(source, headers))).status).toBe(201);
        expect((await s.http.get(fork)).text).toBe(text);
      }
      for (const sub of ["5", "99999999999999999999999"]) {
        const headers = { "Stream-Fork-Offset": offset(2), "Stream-Fork-Sub-Offset": sub };
        expectProblem(await s.http.put(s.name(), forkOf(source, headers)), {
          status: 400,
          code: "fork_sub_offset_beyond_tail",
          header: "Stream-Fork-Sub-Offset",
        });
      }
    });

    test("6.1: a JSON sub-offset counts messages, not commas, over several appends", async () => {
      const source = s.name();
      await s.http.put(source, { headers: JSON_TYPE, body: '[{"a":1,"b":[2,3]},"x,y"]' });
      await s.http.post(source, { headers: JSON_TYPE, body: '["\\",",4]' });
      for (const [sub, text] of [
        ["1", '[{"a":1,"b":[2,3]}]'],
        ["2", '[{"a":1,"b":[2,3]},"x,y"]'],
        ["3", '[{"a":1,"b":[2,3]},"x,y","\\","]'],
        ["4", '[{"a":1,"b":[2,3]},"x,y","\\",",4]'],
      ] as const) {
        const fork = s.name();
        const headers = { "Stream-Fork-Offset": offset(0), "Stream-Fork-Sub-Offset": sub };
        const created = await s.http.put(fork, forkOf(source, headers));
        expect(created.status).toBe(201);
        expect((await s.http.get(fork)).text).toBe(text);
        expect((await s.http.get(fork, `?offset=${created.next}`)).text).toBe("[]");
      }
    });

    test("6.1: a fork offset inside a JSON message is refused", async () => {
      const source = s.name();
      await s.http.put(source, { headers: JSON_TYPE, body: "[123]" });
      expectProblem(await s.http.put(s.name(), forkOf(source, { "Stream-Fork-Offset": offset(2) })), {
        status: 400,
        code: "fork_offset_inside_message",
        header: "Stream-Fork-Offset",
      });
    });

    test.each(["-1", "now", "0_0", `${offset(0)}x`])(
      "6.1: Stream-Fork-Offset: %s is refused",
      async (token) => {
        const source = s.name();
        await s.http.put(source, { headers: TEXT });
        expectProblem(await s.http.put(s.name(), forkOf(source, { "Stream-Fork-Offset": token })), {
          status: 400,
          code: "bad_header",
          header: "Stream-Fork-Offset",
        });
      },
    );

    test("6.3: what is wrong with a source is told apart", async () => {
      const [source, fork] = [s.name(), s.name()];
      expectProblem(await s.http.put(s.name(), forkOf("nowhere")), {
        status: 404,
        code: "source_not_found",
        header: "Stream-Forked-From",
      });
      await s.http.put(source, { headers: TEXT });
      await s.http.put(fork, forkOf(source));
      await s.http.delete(source);
      expectProblem(await s.http.put(s.name(), forkOf(source)), {
        status: 409,
        code: "source_gone",
        header: "Stream-Forked-From",
      });
      expectProblem(await s.http.put(s.name(), { headers: { "Stream-Forked-From": "relative" } }), {
        status: 400,
        code: "bad_header",
        header: "Stream-Forked-From",
      });
    });

    test("2: Stream-Forked-From may be encoded in another way than the source was", async () => {
      await s.http.put("caf%C3%A9", { headers: TEXT, body: "x" });
      const fork = s.name();
      expect((await s.http.put(fork, forkOf("caf%c3%a9"))).status).toBe(201);
      expect((await s.http.put(fork, forkOf("caf%C3%A9"))).status).toBe(200);
    });

    test("6.2: forks of forks read through their whole chain, and live reads begin anywhere in it", async () => {
      const names = Array.from({ length: 30 }, () => s.name());
      let whole = "";
      for (const [depth, name] of names.entries()) {
        const body = `<${depth}>`;
        whole += body;
        const parts = depth === 0 ? { headers: TEXT } : forkOf(names[depth - 1]!);
        expect((await s.http.put(name, { ...parts, body })).status).toBe(201);
      }
      const leaf = names.at(-1)!;
      expect((await s.http.get(leaf)).text).toBe(whole);
      expect((await s.http.get(leaf, `?offset=${offset(4)}&live=long-poll&exact=true`)).text).toBe(
        whole.slice(4),
      );
    });

    test("15.3: a soft-deleted source answers 410 to everything, a producer's close included", async () => {
      const [source, fork] = [s.name(), s.name()];
      await s.http.put(source, { headers: TEXT, body: "x" });
      await s.http.put(fork, forkOf(source));
      await s.http.delete(source);
      for (const answer of [
        await s.http.get(source),
        await s.http.get(source, "?offset=now&live=long-poll"),
        await s.http.get(source, "?offset=now&live=sse"),
        await s.http.post(source, { headers: TEXT, body: "y" }),
        await s.http.post(source, { headers: { ...producer("p", 0, 0), "Stream-Closed": "true" } }),
        await s.http.delete(source),
      ]) {
        expectProblem(answer, { status: 410, code: "stream_gone" });
      }
      expect((await s.http.head(source)).status).toBe(410);
      expectProblem(await s.http.put(source, { headers: TEXT }), { status: 409, code: "path_in_use" });
      expect((await s.http.get(fork)).text).toBe("x");
    });

    test("15.3: an expired fork sets its soft-deleted source free, without anyone asking for it", async () => {
      const [source, fork] = [s.name(), s.name()];
      await s.http.put(source, { headers: TEXT, body: "x" });
      await s.http.put(fork, forkOf(source, { "Stream-TTL": "5" }));
      await s.http.delete(source);
      expect((await s.http.head(source)).status).toBe(410);
      s.clock.advance(5000);
      await expect.poll(async () => (await s.http.head(source)).status).toBe(404);
    });
  },
  (clock) => ({ now: clock.read, sweepMs: 10 }),
);

throughEachDoor(
  "long paths",
  (s) => {
    test("a source with a path as long as the configuration allows can be forked", async () => {
      const source = `long/${"x".repeat(PATH_BYTES_MAX - "/v1/stream/long/".length)}`;
      expect((await s.http.put(source, { headers: TEXT, body: "x" })).status).toBe(201);
      const fork = await s.http.put("fork", { headers: { "Stream-Forked-From": s.http.path(source) } });
      expect(fork.status).toBe(201);
    });
  },
  () => ({ pathBytes: PATH_BYTES_MAX }),
);

throughEachDoor(
  "the depth of forks",
  (s) => {
    const forkOf = (source: string) => ({ headers: { "Stream-Forked-From": s.http.path(source) } });

    test("a fork of more generations than the server allows is refused, and one that exists is confirmed", async () => {
      const names = Array.from({ length: 4 }, () => s.name());
      await s.http.put(names[0]!, { headers: TEXT });
      expect((await s.http.put(names[1]!, forkOf(names[0]!))).status).toBe(201);
      expect((await s.http.put(names[2]!, forkOf(names[1]!))).status).toBe(201);
      expectProblem(await s.http.put(names[3]!, forkOf(names[2]!)), {
        status: 400,
        code: "fork_too_deep",
        header: "Stream-Forked-From",
      });
      expect((await s.http.put(names[2]!, forkOf(names[1]!))).status).toBe(200);
    });
  },
  () => ({ forkDepth: 2 }),
);
