/** Reads that cannot go on: each ends alone, says so as well as it still can, and is logged once with its cause. */
import type { Logger } from "@perennial/server";
import { afterEach, describe, expect, test } from "vitest";
import { DamagedData } from "../../src/journal/contract/index.ts";
import { MemoryLog } from "../../src/journal/memory/memory-log.ts";
import { DOORS, type OpenDoor } from "../doors/doors.ts";
import { EventStream } from "../support/event-stream.ts";
import { Http, offset, TEXT } from "../support/http.ts";
import { expectProblem } from "../support/problem.ts";
import { RawSocket } from "../support/raw-socket.ts";

/** A log some of whose bytes cannot be read. */
class BrokenLog extends MemoryLog {
  /** What a read throws that reaches this position or a later one. */
  fault: { readonly from: number; readonly error: Error } | undefined;

  constructor() {
    super("broken");
  }

  override read(id: number, from: number, to: number, memory?: Uint8Array): Uint8Array {
    if (this.fault !== undefined && from >= this.fault.from) throw this.fault.error;
    return super.read(id, from, Math.min(to, this.fault?.from ?? to), memory);
  }
}

interface Logged {
  readonly level: string;
  readonly failure?: string;
  readonly stream?: string;
  readonly target?: string;
  readonly err?: Error;
  readonly end?: string;
  readonly status?: number;
}

function keeper(): { readonly logger: Logger; readonly logged: Logged[] } {
  const logged: Logged[] = [];
  const at = (level: string) => (fields: object) => void logged.push({ level, ...fields });
  return {
    logger: {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
    } as unknown as Logger,
    logged,
  };
}

const damaged = new DamagedData("a chunk of stream 1 is not what was written");
const bug = new RangeError("something that cannot be");
const LARGE = 1_000_000;

describe.each(DOORS)("a read that cannot go on, through $name,", (door) => {
  let open: OpenDoor;
  let log: BrokenLog;
  let http: Http;
  let logged: Logged[];

  async function start(): Promise<void> {
    log = new BrokenLog();
    const keeping = keeper();
    logged = keeping.logged;
    open = await door.open({ log: async () => log, logger: keeping.logger, accessLog: true });
    http = new Http(open.url);
    await http.put("s", { headers: TEXT, body: "x".repeat(LARGE) });
    await http.put("well", { headers: TEXT, body: "fine" });
  }

  afterEach(() => open.close());

  const failures = () => logged.filter(({ failure }) => failure !== undefined);

  async function expectService(): Promise<void> {
    expect((await http.post("well", { headers: TEXT, body: "!" })).status).toBe(204);
    expect((await http.get("well")).text).toBe("fine!");
  }

  /** Reads a large stream until its connection is over. */
  async function readToEnd(): Promise<string> {
    const raw = await RawSocket.open(open.url);
    raw.write("GET /v1/stream/s HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await raw.closed();
    return raw.received;
  }

  test("ends a subscriber by itself when its next event cannot be read; others go on, the append was taken", async () => {
    await start();
    const sick = await EventStream.open(http.url("s", "?offset=now&live=sse"));
    const well = await EventStream.open(http.url("well", "?offset=now&live=sse"));
    await sick.until(({ controls }) => controls.length === 1);
    log.fault = { from: LARGE, error: damaged };
    expect((await http.post("s", { headers: TEXT, body: "y" })).status).toBe(204);
    expect(await sick.over()).toBe("broken");
    log.fault = undefined;
    await expectService();
    await well.until(({ payloads }) => payloads.join("") === "!");
    expect(failures()).toMatchObject([
      { level: "error", failure: "damaged", stream: "/v1/stream/s", err: damaged },
    ]);
    await expect.poll(() => open.server.metrics().liveReaders).toBe(1);
    well.close();
  });

  test("answers a subscriber 500 when the first event cannot be read, and keeps no place for it", async () => {
    await start();
    log.fault = { from: 0, error: damaged };
    expectProblem(await http.get("s", "?offset=-1&live=sse"), { status: 500, code: "damaged_data" });
    expect(open.server.metrics().liveReaders).toBe(0);
    expect(failures()).toMatchObject([{ level: "error", failure: "damaged" }]);
  });

  test("answers a long-poll 500 when what it waited for cannot be read", async () => {
    await start();
    const polling = http.get("s", "?offset=now&live=long-poll");
    await expect.poll(() => open.server.metrics().liveReaders).toBe(1);
    log.fault = { from: LARGE, error: damaged };
    expect((await http.post("s", { headers: TEXT, body: "y" })).status).toBe(204);
    expectProblem(await polling, { status: 500, code: "damaged_data" });
    expect(failures()).toMatchObject([{ level: "error", failure: "damaged", stream: "/v1/stream/s" }]);
    expect(open.server.metrics().liveReaders).toBe(0);
  });

  test("answers a catch-up read 500 when its first piece cannot be read, however long it is", async () => {
    await start();
    log.fault = { from: 0, error: damaged };
    expectProblem(await http.get("s"), { status: 500, code: "damaged_data" });
    expectProblem(await http.get("s", `?offset=${offset(LARGE - 1)}`), { status: 500, code: "damaged_data" });
    await expectProblemless();
  });

  async function expectProblemless(): Promise<void> {
    log.fault = undefined;
    await expectService();
  }

  test.each([
    { error: damaged, failure: "damaged" },
    { error: bug, failure: "bug" },
  ])("breaks a body off at what is $failure, and logs it once", async ({ error, failure }) => {
    await start();
    log.fault = { from: 200_000, error };
    const received = await readToEnd();
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(received.length).toBeLessThan(LARGE);
    expect(failures()).toMatchObject([{ level: "error", failure, target: "/v1/stream/s", err: error }]);
    await expectProblemless();
  });

  test("blames nobody when its client leaves", async () => {
    await start();
    const raw = await RawSocket.open(open.url);
    raw.write("GET /v1/stream/s?offset=now&live=long-poll HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await expect.poll(() => open.server.metrics().liveReaders).toBe(1);
    raw.destroy();
    await expect.poll(() => open.server.metrics().liveReaders).toBe(0);
    await expect.poll(() => logged.filter(({ status }) => status === 499)).toHaveLength(1);
    expect(failures()).toEqual([]);
  });
});
