import { expect, test } from "vitest";
import { TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { rawRequest } from "../support/raw-socket.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor("URLs and routing (protocol §2)", (s) => {
  test("two encodings of one name are one stream", async () => {
    expect((await s.http.put("caf%C3%A9/a%41", { headers: TEXT, body: "x" })).status).toBe(201);
    expect((await s.http.get("caf%c3%a9/aA")).text).toBe("x");
    expect((await s.http.put("caf%c3%a9/a%41", { headers: TEXT })).status).toBe(200);
  });

  test("an encoded slash belongs to a name and does not separate names", async () => {
    await s.http.put("one%2Ftwo", { headers: TEXT });
    expect((await s.http.head("one/two")).status).toBe(404);
    expect((await s.http.head("one%2ftwo")).status).toBe(200);
  });

  test("the query is not part of a stream's identity", async () => {
    await s.http.put("asked", { headers: TEXT, query: "?a=b" });
    expect((await s.http.get("asked", "?offset=-1&c=d")).status).toBe(200);
  });

  test("Location has the path as it was sent", async () => {
    const created = await s.http.put("as%41sent", { headers: TEXT, query: "?x=y" });
    expect(created.headers.get("Location")).toBe(`${s.open.url}/v1/stream/as%41sent`);
  });

  test.each([
    ["an empty segment", "a//b"],
    ["a slash at the end", "a/"],
    ["no name", ""],
    ["broken percent-encoding", "a%zz"],
    ["an encoding that is not UTF-8", "%ff"],
    ["NUL", "a%00b"],
    ["a line break", "a%0ab"],
  ])("a path with %s is refused", async (_, name) => {
    expectProblem(await s.http.put(name, { headers: TEXT }), { status: 400, code: "bad_path" });
  });

  test("dot segments lead to no stream", async () => {
    for (const path of ["/v1/stream/../../etc/passwd", "/v1/stream/a/%2e%2e/%2e%2e/b", "/v1/stream/."]) {
      const { status } = await rawRequest(
        s.open.url,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect([400, 404]).toContain(status);
    }
  });

  test.each(["/v1/stream/__ds", "/v1/stream/__ds/other", "/v1/stream/%5F%5Fds/x"])(
    "the control API's %s is no stream, for any method",
    async (path) => {
      for (const method of ["GET", "PUT", "POST", "DELETE"]) {
        expectProblem(await s.http.send(method, path, method === "PUT" ? { headers: TEXT } : {}), {
          status: 404,
          code: "no_control_api",
        });
      }
    },
  );

  test("a name may begin like the control API's", async () => {
    expect((await s.http.put("__dsx", { headers: TEXT })).status).toBe(201);
    expect((await s.http.put("a/__ds", { headers: TEXT })).status).toBe(201);
  });

  test.each(["/", "/v1", "/v1/streams/x", "/V1/STREAM/x", "/favicon.ico"])(
    "there is nothing at %s",
    async (path) => {
      expectProblem(await s.http.send("GET", path), { status: 404, code: "no_such_resource" });
    },
  );

  test("an unknown method is answered 405 with Allow", async () => {
    const answer = await s.http.send("PATCH", "/v1/stream/x", { body: "x" });
    expectProblem(answer, { status: 405, code: "method_not_allowed" });
    expect(answer.headers.get("Allow")).toBe("GET, HEAD, POST, PUT, DELETE, OPTIONS");
    const health = await s.http.send("POST", "/health", { body: "x" });
    expectProblem(health, { status: 405, code: "method_not_allowed" });
    expect(health.headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
  });

  test("/health answers 200 while writes are taken", async () => {
    const health = await s.http.send("GET", "/health");
    expect([health.status, JSON.parse(health.text)]).toEqual([200, { status: "ok", storage: "ok" }]);
  });
});

throughEachDoor("headers of every response (protocol §3)", (s) => {
  test("security and CORS headers are on successes and failures of every kind", async () => {
    const name = s.name();
    const answers = [
      await s.http.put(name, { headers: TEXT, body: "x" }),
      await s.http.put(name, { headers: TEXT }),
      await s.http.post(name, { headers: TEXT, body: "x" }),
      await s.http.head(name),
      await s.http.get(name),
      await s.http.get(name, "?offset=now"),
      await s.http.get(name, "", { "If-None-Match": "*" }),
      await s.http.get(name, "?offset=nonsense"),
      await s.http.post(name, { body: "x" }),
      await s.http.post(name, { headers: { "Content-Type": "text/html" }, body: "x" }),
      await s.http.send("PATCH", "/v1/stream/x"),
      await s.http.send("OPTIONS", "/v1/stream/x"),
      await s.http.delete(name),
      await s.http.get(name),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      201, 200, 204, 200, 200, 200, 304, 400, 400, 409, 405, 204, 204, 404,
    ]);
    for (const { headers } of answers) {
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
      expect(headers.get("Vary")).toBe("Origin");
      expect(headers.has("Access-Control-Allow-Origin")).toBe(false);
    }
  });

  test("3.5: a page on another origin may read every header of the protocol", async () => {
    const exposed = (await s.http.get("none")).headers.get("Access-Control-Expose-Headers")!.split(", ");
    const needed =
      "Stream-Next-Offset, Stream-Cursor, Stream-Up-To-Date, Stream-Closed, Stream-TTL, Stream-Expires-At, " +
      "Stream-SSE-Data-Encoding, Producer-Epoch, Producer-Seq, Producer-Expected-Seq, Producer-Received-Seq, " +
      "ETag, Location, Retry-After, Content-Type, Content-Encoding, Vary";
    expect(exposed).toEqual(expect.arrayContaining(needed.split(", ")));
  });

  test("3.5: a preflight is answered on any path, and allows what the protocol needs", async () => {
    const needed =
      "Content-Type, Authorization, If-None-Match, Stream-Seq, Stream-TTL, Stream-Expires-At, Stream-Closed, " +
      "Producer-Id, Producer-Epoch, Producer-Seq, Stream-Forked-From, Stream-Fork-Offset, " +
      "Stream-Fork-Sub-Offset, Last-Event-ID";
    for (const path of ["/v1/stream/none", "/anything", "/v1/stream/__ds/x", "/v1/stream//"]) {
      const { status, headers } = await s.http.send("OPTIONS", path);
      expect(status).toBe(204);
      const allowed = headers.get("Access-Control-Allow-Headers")!.split(", ");
      expect(allowed).toEqual(expect.arrayContaining(needed.split(", ")));
      for (const method of ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]) {
        expect(headers.get("Access-Control-Allow-Methods")).toContain(method);
      }
      expect(Number(headers.get("Access-Control-Max-Age"))).toBeGreaterThan(0);
    }
  });

  test.each([
    ["yes", false],
    ["1", false],
    ["", false],
    ["TRUE", true],
    ["True", true],
  ])("3.1: Stream-Closed: %j counts as %j", async (value, closed) => {
    const created = await s.http.put(s.name(), { headers: { ...TEXT, "Stream-Closed": value } });
    expect([created.status, created.headers.get("Stream-Closed")]).toEqual([201, closed ? "true" : null]);
  });

  test("15.1: HEAD does not claim a length that a GET would not have (RFC 9110, 8.6)", async () => {
    const name = s.name();
    await s.http.put(name, { headers: TEXT, body: "seven b" });
    expect([null, "7"]).toContain((await s.http.head(name)).headers.get("Content-Length"));
  });

  test("16.1: writes and failures are not to be stored", async () => {
    const name = s.name();
    for (const { headers } of [
      await s.http.put(name, { headers: TEXT }),
      await s.http.post(name, { headers: TEXT, body: "x" }),
      await s.http.head(name),
      await s.http.delete(name),
      await s.http.get(name),
    ]) {
      expect(headers.get("Cache-Control")).toContain("no-store");
    }
  });
});

throughEachDoor(
  "Location behind a trusted proxy (protocol §5)",
  (s) => {
    test("comes from X-Forwarded-Proto and X-Forwarded-Host, the first of each", async () => {
      const headers = {
        ...TEXT,
        "X-Forwarded-Proto": "https, http",
        "X-Forwarded-Host": "streams.example, inner",
      };
      const created = await s.http.put("forwarded", { headers });
      expect(created.headers.get("Location")).toBe("https://streams.example/v1/stream/forwarded");
    });

    test.each(["a b", "a/b", "evil.example/x", '"><script>'])(
      "does not repeat what a proxy passed on and is no host: %s",
      async (host) => {
        const name = s.name();
        const created = await s.http.put(name, { headers: { ...TEXT, "X-Forwarded-Host": host } });
        expect(created.headers.get("Location")).toBe(`${s.open.url}/v1/stream/${name}`);
      },
    );

    test("falls back to Host", async () => {
      const created = await s.http.put("direct", { headers: TEXT });
      expect(created.headers.get("Location")).toBe(`${s.open.url}/v1/stream/direct`);
    });
  },
  () => ({ trustProxy: true }),
);

throughEachDoor("Location without a trusted proxy (protocol §5)", (s) => {
  test("ignores X-Forwarded-*", async () => {
    const headers = { ...TEXT, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example" };
    const created = await s.http.put("plain", { headers });
    expect(created.headers.get("Location")).toBe(`${s.open.url}/v1/stream/plain`);
  });
});

throughEachDoor(
  "a configured origin",
  (s) => {
    test("publicUrl is the base of Location, whatever the request says", async () => {
      const created = await s.http.put("public", { headers: { ...TEXT, "X-Forwarded-Host": "other" } });
      expect(created.headers.get("Location")).toBe("https://streams.example/v1/stream/public");
    });
  },
  () => ({ publicUrl: "https://streams.example" }),
);
