import { appendEvents, type ChangeEvent, MaterializedState, materialize } from "@perennial/state";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { user } from "./support/board.ts";
import { createStream, servers, type TestServer } from "./support/servers.ts";

const theme: ChangeEvent = {
  type: "theme",
  key: "colour",
  value: "dark",
  headers: { operation: "insert" },
};

describe.each(Object.keys(servers))("MaterializedState over a stream of %s", (name) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await servers[name]!();
  });
  afterAll(() => server.stop());

  it("takes what json() gives", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a"), user("1", "b"), theme]);
    const state = new MaterializedState();
    state.applyBatch(await (await stream.stream<ChangeEvent>({ live: false })).json());
    expect([state.get("user", "1"), state.get("theme", "colour")]).toEqual([{ id: "1", name: "b" }, "dark"]);
  });

  it("takes what jsonStream() gives, one by one", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a"), theme]);
    const state = new MaterializedState();
    const response = await stream.stream<ChangeEvent>({ live: false });
    for await (const event of response.jsonStream()) state.apply(event);
    expect(state.types).toEqual(["user", "theme"]);
  });

  it("resumes at a stored offset and takes only what is new", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a"), user("2", "b")]);
    const { state, offset } = await materialize(stream);
    await appendEvents(stream, [
      user("2", "c"),
      { type: "user", key: "1", headers: { operation: "delete" } },
    ]);
    const news = await (await stream.stream<ChangeEvent>({ offset, live: false })).json();
    expect(news).toHaveLength(2);
    state.applyBatch(news);
    expect([...state.getType("user").values()]).toEqual([{ id: "2", name: "c" }]);
  });

  it("materialize gives up when it is told to", async () => {
    const stream = await createStream(server);
    await expect(materialize(stream, { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe.each(["@perennial/server", "@durable-streams/server"])("readers of %s", (name) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await servers[name]!();
  });
  afterAll(() => server.stop());

  it("find on each event the offset at which it ends", async () => {
    const stream = await createStream(server);
    await appendEvents(stream, [user("1", "a")]);
    await appendEvents(stream, [theme]);
    const [first, second] = await (await stream.stream<ChangeEvent>({ live: false })).json();
    expect(first?.headers.offset).toMatch(/^\d{16}_\d{16}$/);
    expect(await stream.head()).toMatchObject({ offset: second?.headers.offset });
    const offset = first!.headers.offset!;
    expect(await (await stream.stream<ChangeEvent>({ offset, live: false })).json()).toEqual([second]);
  });
});
