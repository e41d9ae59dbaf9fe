/** Requests that are the same are made once, and what is secret stays so. */
import { afterEach, describe, expect, it } from "vitest";
import { gate, WORDS } from "./support/model-server.ts";
import { SECRET, World } from "./support/world.ts";

let world: World;
afterEach(() => world.stop());

const POST = { "upstream-method": "POST", "idempotency-key": "turn-1" };

function idOf(response: Response): string {
  return new URL(response.headers.get("location")!).pathname.split("/").at(-1)!;
}

describe("the same request", () => {
  it("is made once when it is repeated, and when many race, here or through other processes", async () => {
    world = await World.start();
    const others = [await world.another(), await world.another()];
    const { pace, open } = gate(2);
    world.model.pace = pace;
    const headers = {
      ...{ authorization: `Bearer ${SECRET}`, "upstream-url": `${world.model.url}/v1/messages` },
      ...POST,
    };
    const origins = [...others.map(({ url }) => url), new URL(world.proxyUrl).origin];
    const racing = [...origins, ...origins, ...origins].map((origin) =>
      fetch(`${origin}/v1/proxy`, { method: "POST", headers, body: "{}" }),
    );
    const responses = await Promise.all(racing);
    open();
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(8);
    expect(new Set(responses.map(idOf)).size).toBe(1);
    const later = await world.create("/v1/messages", POST, { body: "{}" });
    expect([later.status, idOf(later)]).toEqual([200, idOf(responses[0]!)]);
    expect(later.headers.get("upstream-content-type")).toBe("text/event-stream; charset=utf-8");
    const text = (await world.whole(new URL(later.headers.get("location")!))).toString();
    for (const word of WORDS) expect(text).toContain(word);
    expect(world.model.calls).toBe(1);
  });

  it("is another one with another body, method, address, key, or other credentials", async () => {
    world = await World.start();
    world.model.on("/other", (response) => void response.end());
    const ids = await Promise.all([
      world.create("/v1/messages", POST, { body: "{}" }).then(idOf),
      world.create("/v1/messages", POST, { body: "{ }" }).then(idOf),
      world.create("/v1/messages", { ...POST, "upstream-method": "PUT" }, { body: "{}" }).then(idOf),
      world.create("/other", POST, { body: "{}" }).then(idOf),
      world.create("/v1/messages", { ...POST, "idempotency-key": "turn-2" }, { body: "{}" }).then(idOf),
      world
        .create("/v1/messages", { ...POST, "upstream-authorization": "Bearer 2" }, { body: "{}" })
        .then(idOf),
      world.create("/v1/messages", { ...POST, "x-api-key": "2" }, { body: "{}" }).then(idOf),
      world.create("/v1/messages", { ...POST, "x-goog-api-key": "2" }, { body: "{}" }).then(idOf),
    ]);
    expect(new Set(ids).size).toBe(8);
    expect(world.model.calls).toBe(8);
  });

  it("is made again after the upstream refused it, and all that raced are told so", async () => {
    world = await World.start();
    let refuses = true;
    world.model.on("/busy", (response) => {
      if (refuses) response.writeHead(429, { "retry-after": "1" }).end("later");
      else response.end("now");
    });
    const racing = await Promise.all([1, 2, 3].map(() => world.create("/busy", POST)));
    for (const response of racing) {
      expect(response.headers.get("upstream-status")).toBe("429");
      expect(await response.text()).toBe("later");
    }
    expect(world.model.calls).toBe(1);
    refuses = false;
    const again = await world.create("/busy", POST);
    expect(again.status).toBe(201);
    expect((await world.whole(new URL(again.headers.get("location")!))).toString()).toBe("now");
    expect(world.model.calls).toBe(2);
  });

  it("is made again once its stream was deleted", async () => {
    world = await World.start();
    const first = await world.create("/v1/messages", POST);
    const headers = { authorization: `Bearer ${SECRET}` };
    expect((await world.ask("DELETE", `/${idOf(first)}`, { headers })).status).toBe(204);
    const second = await world.create("/v1/messages", POST);
    expect([second.status, idOf(second)]).toEqual([201, idOf(first)]);
    expect(world.model.calls).toBe(2);
  });

  it("goes on when its client leaves before there is an answer; without a key it is given up", async () => {
    world = await World.start();
    const { pace, open } = gate(0);
    let arrived = 0;
    world.model.on("/slow", async (response) => {
      arrived += 1;
      await pace(0);
      response.end("there");
    });
    for (const headers of [POST, { "upstream-method": "POST" }]) {
      const leaving = new AbortController();
      const left = world.create("/slow", headers, { signal: leaving.signal });
      const before = arrived;
      await expect.poll(() => arrived).toBe(before + 1);
      leaving.abort();
      await left.catch(() => undefined);
    }
    await expect.poll(() => world.model.dropped).toBe(1);
    open();
    const again = await world.create("/slow", POST);
    expect((await world.whole(new URL(again.headers.get("location")!))).toString()).toBe("there");
    expect(arrived).toBe(2);
  });
});

it("logs and stores no secret, credential, query or request", async () => {
  const stored: string[] = [];
  const { createServer } = await import("@perennial/server");
  const streams = createServer();
  const dsServer = {
    fetch: async (request: Request) => {
      const { method, url, headers } = request;
      const body = await request.clone().text();
      stored.push(method, url, JSON.stringify([...headers]), body);
      return streams.fetch(request);
    },
  };
  world = await World.start({ dsServer, durableStreamsUrl: undefined });
  const secrets = {
    "upstream-authorization": "Bearer sk-upstream",
    "x-api-key": "sk-key",
    cookie: "session=sk-cookie",
    ...POST,
  };
  const body = '{"prompt":"sk-prompt"}';
  await world.whole(await world.created("/v1/messages?key=sk-query", secrets, { body }));
  await world.create("/refused?key=sk-query", secrets, { body });
  await world.create("", { ...secrets, "upstream-url": "http://localhost:1/sk-path?key=sk-query" }, { body });
  await world.create("", { ...secrets, "upstream-url": "http://sk-user:sk-word@localhost/" }, { body });
  expect(world.log.length).toBeGreaterThan(2);
  for (const text of [...world.log, ...stored]) {
    expect(text).not.toContain("sk-");
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/signature/);
  }
  await streams.stop();
});
