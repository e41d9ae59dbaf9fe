import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { fastLane, nodeDoor } from "../doors/doors.ts";
import { TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

const asked: string[] = [];
let streams: { fetch(request: Request): Promise<Response> };

/** Writes what it is sent into a stream of its own. */
const MOUNT = {
  prefix: "/v1/mounted/",
  streams: "/v1/stream/of-the-mount/",
  attach: (given: typeof streams) => {
    streams = given;
  },
  async fetch({ method, url, headers, body }: Request): Promise<Response> {
    const { pathname } = new URL(url);
    asked.push(`${method} ${pathname} ${headers.get("Content-Encoding")}`);
    const below = new URL(pathname.replace(MOUNT.prefix, MOUNT.streams), url);
    return streams.fetch(new Request(below, { method, headers: TEXT, body, duplex: "half" } as RequestInit));
  },
  refusal: (status: number, message: string) => ({
    contentType: "application/json",
    body: JSON.stringify({ said: `${status} ${message}` }),
  }),
};

throughEachDoor(
  "services under a path of their own",
  (s) => {
    const name = () => `of-the-mount/${s.name()}`;

    test("their streams are written through them alone, and read as any", async () => {
      const path = name();
      const through = path.replace("of-the-mount", "/v1/mounted");
      expect((await s.http.send("PUT", through, { body: "first " })).status).toBe(201);
      const refused = { status: 403, code: "written_by_service" } as const;
      const closing = { headers: { ...TEXT, "Stream-Closed": "true" } };
      expectProblem(await s.http.post(path, { headers: TEXT, body: "x" }), refused);
      expectProblem(await s.http.post(path, closing), refused);
      expectProblem(await s.http.put(path, { headers: TEXT }), refused);
      expectProblem(await s.http.put(name(), { headers: TEXT }), refused);
      expectProblem(await s.http.delete(path), refused);
      const encoded = path.replace("of-the-mount", "%6ff-the-mount");
      expectProblem(await s.http.send("DELETE", `/v1/stream/${encoded}`), refused);
      expect((await s.http.send("POST", through, { body: "second" })).status).toBe(204);
      expect((await s.http.get(path)).text).toBe("first second");
      const fork = { ...TEXT, "Stream-Forked-From": `/v1/stream/${path}` };
      expect((await s.http.put(s.name(), { headers: fork })).status).toBe(201);
      expect((await s.http.head(path)).status).toBe(200);
      expect((await s.http.put("of-the-mount", { headers: TEXT })).status).toBe(201);
    });

    test("what the server refuses before them is in their form", async () => {
      const answer = await s.http.send("POST", "/v1/mounted/x", { body: "x".repeat(2000) });
      expect([answer.status, answer.headers.get("Content-Type")]).toEqual([413, "application/json"]);
      expect(JSON.parse(answer.text)).toEqual({ said: expect.stringMatching(/^413 .* 1000 bytes/) });
    });

    test("they are told of a body that is coded", async () => {
      const headers = { "Content-Encoding": "gzip" };
      await s.http.send("POST", "/v1/mounted/coded", { headers, body: "x" });
      expect(asked).toContain("POST /v1/mounted/coded gzip");
    });
  },
  () => ({ mounts: [MOUNT], bodyBytes: 1000 }),
);

describe.each([fastLane, nodeDoor])("a path that is another one as a URL, through $name", (door) => {
  test("is refused", async () => {
    const open = await door.open({ mounts: [MOUNT] });
    const { hostname: host, port } = new URL(open.url);
    for (const path of [
      "/v1/mounted/a/../b",
      "/v1/mounted/a/%2e%2E/b",
      "/v1/mounted/./b",
      "/v1/mounted/a\\b",
    ]) {
      const before = asked.length;
      const status = await new Promise((resolve) =>
        request({ host, port, path, method: "DELETE" }, (answer) =>
          resolve(answer.resume().statusCode),
        ).end(),
      );
      expect([path, status, asked.length]).toEqual([path, 400, before]);
    }
    await open.close();
  });
});
