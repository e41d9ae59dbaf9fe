/**
 * The real process, killed at random while streams are appended to and a webhook is woken: each acknowledged append is shown to the
 * webhook sooner or later, and no cursor is ever beyond what the webhook took. `PERENNIAL_KILLS=100` for a long run.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Random, Seeds, wholeNumberFrom } from "@perennial/testing";
import { afterAll, expect, test } from "vitest";
import { Http, JSON_TYPE } from "../support/http.ts";
import { Control, until } from "../support/subscriptions.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const KILLS = wholeNumberFrom("PERENNIAL_KILLS", 3);
const STREAMS = ["in/a", "in/b", "in/c", "in/d"];

const directory = await mkdtemp(join(tmpdir(), "perennial-kill-subscriptions-"));
const hook = await WebhookReceiver.open();
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await hook.close();
  await rm(directory, { recursive: true });
});

/** Appends to one stream until the server is gone. */
class Writer {
  readonly path: string;
  /** Where the last acknowledged append ended. */
  end = "";
  count = 0;

  constructor(path: string) {
    this.path = path;
  }

  async run(http: Http, signal: AbortSignal): Promise<void> {
    for (let n = 0; !signal.aborted; n++) {
      const parts = { headers: JSON_TYPE, body: JSON.stringify({ n }), signal };
      const send = async () => {
        const appended = await http.post(this.path, parts);
        return appended.status === 404 ? http.put(this.path, parts) : appended;
      };
      const answer = await send().catch(() => undefined);
      if (answer === undefined) return;
      this.end = answer.next;
      this.count += 1;
      await delay(2);
    }
  }
}

test(`each acknowledged append wakes, over ${KILLS} kills`, async () => {
  const seed = new Seeds(1, 1 + (Date.now() % 1_000_000)).first;
  console.log(`moments of the kills from seed ${seed}`);
  const random = new Random(seed);
  /** How far the webhook has said that it is done, by stream. */
  const said = new Map<string, string>();
  const shown = new Map<string, string>();
  hook.answer = ({ body }) => {
    const isDone = random.chance(0.7);
    for (const { path, tail_offset: tail } of body.streams) {
      if (tail > (shown.get(path) ?? "")) shown.set(path, tail);
      if (isDone && tail > (said.get(path) ?? "")) said.set(path, tail);
    }
    if (isDone) return { body: '{"done":true}' };
    return random.chance(0.5) ? { status: 500 } : { body: "{}" };
  };
  const writers = STREAMS.map((path) => new Writer(path));
  const start = () => startServer({ directory, args: ["--webhook-hosts", "localhost"] });
  server = await start();
  await new Control(new Http(server.url)).put("all", {
    ...{ type: "webhook", pattern: "in/*", webhook: { url: hook.url }, lease_ttl_ms: 1000 },
  });
  for (let kill = 0; kill < KILLS; kill++) {
    const stopped = new AbortController();
    const http = new Http(server.url);
    const before = writers.reduce((sum, { count }) => sum + count, 0);
    const running = writers.map((writer) => writer.run(http, stopped.signal));
    await until(() => writers.reduce((sum, { count }) => sum + count, 0) >= before + 30);
    await delay(random.below(300));
    await server.kill();
    stopped.abort();
    await Promise.all(running);
    server = await start();
    const { streams } = await new Control(new Http(server.url)).show("all");
    for (const { path, acked_offset: acked } of streams)
      expect(acked === "-1" || acked <= (said.get(path) ?? ""), `${path} at ${acked}`).toBe(true);
  }
  await until(() => writers.every(({ path, end }) => (shown.get(path) ?? "") >= end));
  const control = new Control(new Http(server.url));
  await until(async () => (await control.show("all")).streams.every(({ has_pending }) => !has_pending));
}, 600_000);
