/** What a bucket promises, through real sockets: from a server of our own and, where it is installed, from versitygw. */
import { S3Server, startVersitygw, VERSITYGW } from "@perennial/testing/bucket";
import { afterAll, describe, expect, test } from "vitest";
import type { Bucket } from "../../src/bucket/bucket.ts";
import { S3Bucket } from "../../src/bucket/s3/s3-bucket.ts";
import { locationIn } from "./location.ts";

interface Storage {
  readonly environment: Record<string, string>;
  stop(): Promise<void>;
}

async function startOurs(): Promise<Storage> {
  const server = new S3Server("bucket");
  return { environment: await server.start(), stop: () => server.stop() };
}

const STORAGES: [string, () => Promise<Storage>][] = [["our server", startOurs]];
if (VERSITYGW !== undefined) STORAGES.push(["versitygw", () => startVersitygw("bucket")]);

describe.each(STORAGES)("a bucket of %s", async (_name, start) => {
  const { environment, stop } = await start();
  const buckets: S3Bucket[] = [];
  const open = (changes = {}, url = "s3://bucket") => {
    const bucket = new S3Bucket(locationIn({ ...environment, ...changes }, url), { attempts: 2, pauseMs: 1 });
    buckets.push(bucket);
    return bucket;
  };
  const bucket: Bucket = open();
  afterAll(async () => {
    for (const each of buckets) each.close();
    await stop();
  });

  test("gives what was put last, by ranges too, until it is deleted", async () => {
    const key = "a/b c/ü&+'!().bin";
    expect(await bucket.get(key, { maxBytes: 100 })).toEqual({ kind: "not-found" });
    for (const text of ["first", "second one"])
      expect(await bucket.put(key, Buffer.from(text))).toEqual({ kind: "stored" });
    expect(await bucket.get(key, { maxBytes: 10 })).toEqual({
      kind: "found",
      bytes: Buffer.from("second one"),
    });
    const range = { from: 7, count: 100 };
    expect(await bucket.get(key, { maxBytes: 100, range })).toEqual({
      kind: "found",
      bytes: Buffer.from("one"),
    });
    const behind = { from: 10, count: 1 };
    expect(await bucket.get(key, { maxBytes: 100, range: behind })).toEqual({
      kind: "found",
      bytes: Buffer.alloc(0),
    });
    expect(await bucket.delete(key)).toEqual({ kind: "deleted" });
    expect(await bucket.delete(key)).toEqual({ kind: "deleted" });
    expect(await bucket.get(key, { maxBytes: 100 })).toEqual({ kind: "not-found" });
  });

  test("holds empty objects and long ones, and gives none that is longer than asked for", async () => {
    await bucket.put("long/empty", Buffer.alloc(0));
    expect(await bucket.get("long/empty", { maxBytes: 0 })).toMatchObject({ bytes: Buffer.alloc(0) });
    const long = Buffer.alloc(5_000_000, "0123456789");
    await bucket.put("long/long", long);
    const found = await bucket.get("long/long", { maxBytes: long.length });
    expect(found.kind === "found" && found.bytes.equals(long)).toBe(true);
    for (const maxBytes of [10, long.length - 1])
      expect(await bucket.get("long/long", { maxBytes })).toMatchObject({
        kind: "rejected",
        rejection: { reason: "unusable" },
      });
  });

  test("of twenty who put at the same time, if there is nothing, one succeeds", async () => {
    for (let round = 0; round < 5; round++) {
      const key = `race/${round}`;
      const tries = Array.from({ length: 20 }, (_, index) =>
        bucket.putIfAbsent(key, Buffer.from(`${index}`)),
      );
      const outcomes = (await Promise.all(tries)).map(({ kind }) => kind);
      expect(outcomes.filter((kind) => kind === "stored")).toHaveLength(1);
      expect(outcomes.filter((kind) => kind === "taken")).toHaveLength(19);
      const found = await bucket.get(key, { maxBytes: 2 });
      expect(found).toMatchObject({ bytes: Buffer.from(`${outcomes.indexOf("stored")}`) });
    }
  });

  test("lists by prefix, in order, a page at a time", async () => {
    const keys = Array.from({ length: 1003 }, (_, index) => `list/${String(index).padStart(4, "0")}`);
    for (let at = 0; at < keys.length; at += 16)
      await Promise.all(keys.slice(at, at + 16).map((key) => bucket.put(key, Buffer.from(key))));
    await bucket.put("listless", Buffer.alloc(1));
    const first = await bucket.list("list/");
    expect(first).toMatchObject({ kind: "listed", isMore: true });
    const objects = first.kind === "listed" ? first.objects : [];
    expect(objects.map(({ key }) => key)).toEqual(keys.slice(0, 1000));
    expect(objects[0]).toEqual({ key: "list/0000", bytes: 9 });
    const rest = keys.slice(1000).map((key) => ({ key, bytes: 9 }));
    expect(await bucket.list("list/", objects.at(-1)!.key)).toEqual({
      kind: "listed",
      objects: rest,
      isMore: false,
    });
    expect(await bucket.list("nothing/")).toEqual({ kind: "listed", objects: [], isMore: false });
  });

  test("a wrong key is denied, and no secret is told", async () => {
    const denied = await open({ AWS_ACCESS_KEY_ID: "somebody" }).list("");
    expect(denied).toMatchObject({ kind: "rejected", rejection: { reason: "denied" } });
    expect(JSON.stringify(denied)).toContain("check AWS_ACCESS_KEY_ID");
    expect(JSON.stringify(denied)).not.toContain("never-told");
  });

  test("a bucket that does not exist is missing, to whoever puts, gets and lists", async () => {
    const none = open({}, "s3://no-such-bucket");
    const outcomes = [
      await none.put("key", Buffer.alloc(1)),
      await none.putIfAbsent("key", Buffer.alloc(1)),
      await none.get("key", { maxBytes: 1 }),
      await none.list(""),
    ];
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ kind: "rejected", rejection: { reason: "missing" } });
  });
});
