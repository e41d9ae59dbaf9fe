import { expect, test } from "vitest";
import { offset } from "../support/http.ts";
import { rawRequest } from "../support/raw-socket.ts";
import { Control, codeOf } from "../support/subscriptions.ts";
import { throughEachDoor } from "../support/through-each-door.ts";

throughEachDoor("creating subscriptions", (s) => {
  const control = () => new Control(s.http);
  const wanted = (more: object = {}) => ({ type: "pull-wake", pattern: "a/*", wake_stream: "w", ...more });

  test("the same again is confirmed, anything else is a conflict, and streams added later change neither", async () => {
    const id = s.name();
    const c = control();
    expect((await c.put(id, wanted())).status).toBe(201);
    expect((await c.put(id, wanted({ pattern: "/a/*/", description: 7, streams: "none" }))).status).toBe(200);
    const other = await c.put(id, wanted({ lease_ttl_ms: 2000 }));
    expect([other.status, codeOf(other)]).toEqual([409, "SUBSCRIPTION_ALREADY_EXISTS"]);
    expect((await c.send("POST", `${id}/streams`, { streams: ["x"] })).status).toBe(204);
    expect((await c.put(id, wanted())).status).toBe(200);
    expect((await c.show(id)).streams.map(({ path }) => path)).toEqual(["x"]);
  });

  test.each(["%2E", "%2e%2e"])("the id %s is refused: no client could call back to it", async (id) => {
    const body = JSON.stringify(wanted());
    const answer = await rawRequest(
      s.http.origin,
      `PUT /v1/stream/__ds/subscriptions/${id} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(Math.floor(answer.status / 100)).toBe(4);
  });

  test.each([
    [{ type: "other" }, "type"],
    [{ pattern: "" }, "pattern"],
    [{ pattern: 5 }, "pattern"],
    [{ pattern: "a/%zz" }, "pattern"],
    [{ wake_stream: undefined }, "wake_stream"],
    [{ lease_ttl_ms: 999 }, "lease_ttl_ms"],
    [{ lease_ttl_ms: 600_001 }, "lease_ttl_ms"],
    [{ lease_ttl_ms: "1000" }, "lease_ttl_ms"],
    [{ streams: [5] }, "path"],
    [{ streams: ["__ds/x"] }, "names no stream"],
    [{ streams: Array.from({ length: 1001 }, (_, n) => `s${n}`) }, "1000"],
    [{ streams: ["w"] }, "wake stream of the subscription itself"],
    [{ type: "webhook" }, "webhook.url"],
    [{ description: "x".repeat(5000) }, "description"],
  ])("%j is refused with words that name it", async (more, word) => {
    const answer = await control().put(s.name(), wanted(more));
    expect([answer.status, codeOf(answer)]).toEqual([400, "INVALID_REQUEST"]);
    expect(answer.text).toContain(word);
  });

  test.each(["no json", "[]", "null", '"text"'])("the body %s is refused", async (body) => {
    const answer = await s.http.send("PUT", "/v1/stream/__ds/subscriptions/x", { body });
    expect([answer.status, codeOf(answer)]).toEqual([400, "INVALID_REQUEST"]);
  });

  test.each([
    ["http://10.0.0.1/hook", "WEBHOOK_URL_REJECTED"],
    ["http://example.com/hook", "WEBHOOK_URL_REJECTED"],
    ["ftp://example.com/hook", "WEBHOOK_URL_REJECTED"],
    ["https://10.1.2.3/", "WEBHOOK_URL_REJECTED"],
    ["https://127.0.0.1/", "WEBHOOK_URL_REJECTED"],
    ["https://[::1]/", "WEBHOOK_URL_REJECTED"],
    ["https://[::ffff:10.0.0.1]/", "WEBHOOK_URL_REJECTED"],
    ["https://[64:ff9b::a00:1]/", "WEBHOOK_URL_REJECTED"],
    ["https://[fd00::1]/", "WEBHOOK_URL_REJECTED"],
    ["https://169.254.169.254/", "WEBHOOK_URL_REJECTED"],
    ["https://168.63.129.16/", "WEBHOOK_URL_REJECTED"],
    ["https://100.64.0.1/", "WEBHOOK_URL_REJECTED"],
    ["https://198.18.0.1/", "WEBHOOK_URL_REJECTED"],
    ["https://0.0.0.0/", "WEBHOOK_URL_REJECTED"],
    ["https://2130706433/", "WEBHOOK_URL_REJECTED"],
    ["https://x.localhost/", "WEBHOOK_URL_REJECTED"],
    ["https://localhost./", "WEBHOOK_URL_REJECTED"],
    ["https://me:secret@example.com/", "WEBHOOK_URL_REJECTED"],
    ["no url", "WEBHOOK_URL_REJECTED"],
  ])("the webhook %s is refused", async (url, code) => {
    const answer = await control().put(s.name(), { type: "webhook", pattern: "a/*", webhook: { url } });
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  });

  test("a public webhook is taken", async () => {
    const webhook = { url: "https://example.com/hook" };
    expect((await control().put(s.name(), { type: "webhook", streams: ["never"], webhook })).status).toBe(
      201,
    );
  });

  test("what there is already counts as processed; what comes later is linked before its first data", async () => {
    const [id, c, root] = [s.name(), control(), s.name()];
    const tail = await c.append(`${root}/old`);
    await s.http.put(`${root}/empty`, { headers: { "Content-Type": "application/json" } });
    await c.pull(id, { pattern: `${root}/*`, streams: [`${root}/missing`] });
    await c.append(`${root}/new`);
    const { streams } = await c.show(id);
    const of = (name: string) => streams.find(({ path }) => path === `${root}/${name}`);
    expect(of("old")).toMatchObject({ link_type: "glob", acked_offset: tail, has_pending: false });
    expect(of("empty")).toMatchObject({ acked_offset: offset(0), has_pending: false });
    expect(of("missing")).toMatchObject({
      link_type: "explicit",
      acked_offset: offset(0),
      has_pending: false,
    });
    expect(of("new")).toMatchObject({ link_type: "glob", acked_offset: "-1", has_pending: true });
  });

  test("ids are percent-decoded, bad ones refused, and what is missing is 404", async () => {
    const c = control();
    expect((await c.put("webhook%3Aname", wanted())).status).toBe(201);
    expect((await c.send("GET", "webhook:name")).status).toBe(200);
    const bad = await c.send("GET", "%zz");
    expect([bad.status, codeOf(bad)]).toEqual([400, "INVALID_REQUEST"]);
    for (const path of ["none", "webhook:name/other", "none/dead-letters"]) {
      const answer = await c.send("GET", path);
      expect([answer.status, codeOf(answer)]).toEqual([404, "SUBSCRIPTION_NOT_FOUND"]);
    }
    expect((await c.send("DELETE", "none")).status).toBe(204);
  });

  test("a wrong method is 405 in plain text", async () => {
    for (const [method, path] of [
      ["PATCH", "x"],
      ["GET", "x/claim"],
      ["GET", "x/ack"],
      ["GET", "x/streams"],
    ] as const) {
      const answer = await control().send(method, path);
      expect([answer.status, answer.headers.get("Content-Type")]).toEqual([405, "text/plain; charset=utf-8"]);
      expect(answer.headers.has("Allow")).toBe(true);
    }
    expect((await s.http.send("HEAD", "/v1/stream/__ds/jwks.json")).status).toBe(405);
  });

  test("all of them are listed, page by page, and by stream", async () => {
    const [c, stream] = [control(), s.name()];
    const ids = [s.name(), s.name(), s.name()];
    for (const id of ids) await c.pull(id, { streams: [stream] });
    const page = async (query: string) => {
      const answer = await s.http.send("GET", `/v1/stream/__ds/subscriptions?${query}`);
      const { subscriptions, next } = JSON.parse(answer.text) as {
        subscriptions: { id: string }[];
        next?: string;
      };
      return { ids: subscriptions.map(({ id }) => id), next };
    };
    expect((await page(`stream=${stream}`)).ids).toEqual(ids);
    expect(await page(`stream=${stream}&limit=2`)).toEqual({ ids: ids.slice(0, 2), next: ids[1] });
    expect(await page(`stream=${stream}&limit=2&after=${ids[1]}`)).toEqual({
      ids: ids.slice(2),
      next: undefined,
    });
    expect((await page("limit=1000")).ids).toEqual(expect.arrayContaining(ids));
  });
});
