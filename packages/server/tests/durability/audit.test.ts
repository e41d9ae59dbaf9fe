/** The audit log: what the operator is shown, over restarts, and how long it gets. */
import { type AuditEntry, createServer } from "@perennial/server";
import { afterEach, expect, test } from "vitest";
import { MemoryLog } from "../../src/journal/memory/memory-log.ts";
import { Audit } from "../../src/services/audit.ts";
import { LocalStreams } from "../../src/shard/local-streams.ts";
import { Shard } from "../../src/shard/shard.ts";
import { errorKeeper } from "../support/silent-logger.ts";

const server = createServer();
afterEach(() => server.stop());

const told = (entries: readonly AuditEntry[]) =>
  entries.map((entry) =>
    entry.kind === "act"
      ? [entry.action, entry.service]
      : [entry.status, entry.segment, entry.count, entry.path],
  );

test("the operator sees acts and refusals, and no request reaches them", async () => {
  const ask = async (method: string, path: string, credential = "") => {
    const headers = credential === "" ? {} : { Authorization: `Bearer ${credential}` };
    const answer = await server.fetch(new Request(`http://localhost/v1/stream/${path}`, { method, headers }));
    return answer.status;
  };
  const made = await server.services.create("app");
  const secret = made.kind === "ok" ? made.value.secret : "";
  await server.services.rotate("app");
  for (let n = 0; n < 5; n++) expect(await ask("GET", `app/${n}?access_token=x`, "wrong")).toBe(401);
  expect(await ask("GET", "app/none", secret)).toBe(404);
  await server.services.disable("app");
  expect(await ask("PUT", "app/x", secret)).toBe(403);
  const entries = told(await server.services.audit());
  expect(entries).toHaveLength(5);
  expect(entries).toEqual(
    expect.arrayContaining([
      ["created", "app"],
      ["rotated", "app"],
      ["disabled", "app"],
      [401, "app", 5, "/v1/stream/app/0"],
      [403, "app", 1, "/v1/stream/app/x"],
    ]),
  );
  await server.services.enable("app");
  for (const n of [0, 1])
    for (const method of ["GET", "PUT", "POST", "DELETE"])
      expect([401, 404]).toContain(await ask(method, `__ds/audit-${n}`, secret));
  expect(JSON.stringify(await server.services.audit())).not.toContain(secret);
});

test("it stays short: the older half makes room", async () => {
  let now = 0;
  const shard = new Shard({
    ...{ log: new MemoryLog("audit"), now: () => now, random: () => 0.5, producersPerStream: 10 },
    ...{ loadedStreams: 1000, onClockJump: () => undefined },
  });
  await shard.open();
  const streams = new LocalStreams(shard);
  const open = () => new Audit(streams, errorKeeper().logger, { now: () => now, partBytes: 2000 });
  let audit = open();
  for (let n = 0; n < 300; n++) {
    now = n * 1000;
    audit.act("created", `s${n}`);
    // As after a restart, now and then.
    if (n % 50 === 49) {
      await audit.stop();
      audit = open();
    }
  }
  const kept = await audit.newest(1000);
  const names = kept.map((entry) => (entry.kind === "act" ? entry.service : ""));
  expect(names).toEqual(Array.from({ length: names.length }, (_, n) => `s${300 - names.length + n}`));
  expect(names.length).toBeGreaterThan(20);
  expect(names.length).toBeLessThan(80);
  expect(told(await audit.newest(2))).toEqual([
    ["created", "s298"],
    ["created", "s299"],
  ]);
});
