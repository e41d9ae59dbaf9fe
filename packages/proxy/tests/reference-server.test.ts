/** In front of the reference server, which knows nothing of ours. */
import { DurableStreamTestServer } from "@durable-streams/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { gate, WORDS } from "./support/model-server.ts";
import { read, World } from "./support/world.ts";

let world: World;
const reference = new DurableStreamTestServer({ port: 0, longPollTimeout: 300 });

beforeAll(async () => {
  const durableStreamsUrl = `${await reference.start()}/v1/streams`;
  world = await World.start({ durableStreamsUrl });
});
afterAll(async () => {
  await world.stop();
  await reference.stop();
});

it("keeps answers, their content type, and one for each key", async () => {
  const init = { requestId: "one" };
  for (let time = 0; time < 2; time++) {
    const response = await world.durableFetch()(`${world.model.url}/v1/messages`, init);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const text = await response.text();
    for (const word of WORDS) expect(text).toContain(word);
    expect(response.outcome).toBe("complete");
  }
  expect(world.model.calls).toBe(1);
});

it("says how an answer ended that was aborted", async () => {
  world.model.pace = gate(2).pace;
  const url = await world.created("/v1/messages", { "upstream-method": "POST" });
  expect((await fetch(read(url, { action: "abort" }), { method: "PATCH" })).status).toBe(204);
  const response = await fetch(url);
  expect(response.headers.get("upstream-outcome")).toBe("aborted");
});
