/** The official TypeScript client against services: unchanged, with a URL and a secret, or with a function that gives tokens. */
import { DurableStream, IdempotentProducer, stream } from "@durable-streams/client";
import { mintToken, type Operation, signingKey } from "@perennial/tokens";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOORS, type OpenDoor } from "../doors/doors.ts";

interface Message {
  readonly n: number;
}

describe.each(DOORS)("@durable-streams/client and services, through $name", (door) => {
  let open: OpenDoor;
  const secrets: Record<string, string> = {};
  let count = 0;
  /** By how much the server's clock is ahead, ms. */
  let ahead = 0;
  const now = () => Date.now() + ahead;

  beforeAll(async () => {
    open = await door.open({ longPollTimeoutMs: 300, now });
    for (const id of ["app", "other"]) {
      const made = await open.server.services.create(id);
      if (made.kind === "rejected") throw new Error(made.rejection.kind);
      secrets[id] = made.value.secret;
    }
  });

  afterAll(() => open.close());

  const fresh = (service = "app") => {
    count += 1;
    return `${open.url}/v1/stream/${service}/chats/${count}`;
  };
  const withSecret = (id = "app") => ({
    headers: { Authorization: `Bearer ${secrets[id]}` },
    warnOnHttp: false,
  });
  const json = { contentType: "application/json" };

  test("creates, appends, reads, closes, looks and deletes with a secret", async () => {
    const handle = await DurableStream.create({ url: fresh(), ...withSecret(), ...json });
    await Promise.all(Array.from({ length: 20 }, (_, n) => handle.append(JSON.stringify({ n }))));
    await handle.close();
    for (const live of [false, "long-poll", "sse"] as const) {
      const response = await stream<Message>({ url: handle.url, ...withSecret(), live, json: true });
      expect(await response.json(), String(live)).toHaveLength(20);
    }
    expect(await handle.head()).toMatchObject({ exists: true, streamClosed: true });
    await handle.delete();
    expect(await handle.head()).toEqual({ exists: false });
  });

  test("writes once with its idempotent producer", async () => {
    const handle = await DurableStream.create({ url: fresh(), ...withSecret(), ...json });
    const producer = new IdempotentProducer(handle, "p", { autoClaim: true });
    for (let n = 0; n < 50; n++) producer.append(JSON.stringify({ n }));
    await producer.flush();
    await producer.close();
    const response = await stream<Message>({ url: handle.url, ...withSecret(), live: false });
    expect(await response.json()).toEqual(Array.from({ length: 50 }, (_, n) => ({ n })));
  });

  test("is refused without the secret, and with another service's", async () => {
    const url = fresh();
    await DurableStream.create({ url, ...withSecret(), ...json });
    for (const refused of [{ warnOnHttp: false }, withSecret("other")]) {
      await expect(stream({ url, ...refused, live: false })).rejects.toMatchObject({ status: 401 });
      await expect(DurableStream.create({ url: fresh(), ...refused })).rejects.toMatchObject({ status: 401 });
    }
  });

  test("asks its header function for the next token when a live read ends with one, and loses nothing", async () => {
    const url = fresh();
    const writer = await DurableStream.create({ url, ...withSecret(), ...json });
    const key = await signingKey(secrets.app!);
    const ops: readonly Operation[] = ["read"];
    let tokens = 0;
    const Authorization = async () => {
      tokens += 1;
      const streams = [{ match: "chats/**", ops }];
      return `Bearer ${await mintToken(key, { service: "app", streams, now: now() })}`;
    };
    const response = await stream<Message>({
      ...{ url, headers: { Authorization }, live: "sse", offset: "-1", json: true, warnOnHttp: false },
    });
    const seen: number[] = [];
    const end = new Promise<void>((resolve) => {
      response.subscribeJson(({ items }) => {
        seen.push(...items.map(({ n }) => n));
        if (seen.at(-1) === -1) resolve();
      });
    });
    await writer.append(JSON.stringify({ n: 0 }));
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(1);
    ahead += 600_000;
    await expect.poll(() => tokens, { timeout: 20_000 }).toBe(2);
    await writer.append(JSON.stringify({ n: -1 }));
    await end;
    response.cancel();
    expect(seen).toEqual([0, -1]);
  });
});
