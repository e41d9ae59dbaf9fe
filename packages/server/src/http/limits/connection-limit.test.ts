import { EventEmitter } from "node:events";
import type { Server } from "node:net";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { parseConfig, type ServerOptions } from "../../config.ts";
import { limitConnections } from "./connection-limit.ts";

class FakeSocket extends EventEmitter {
  readonly remoteAddress: string;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  resume(): void {}

  destroy(): void {
    this.emit("close");
  }
}

/** A server that takes connections from whom we say. Tells whether the connection was let in. */
function world(options: ServerOptions) {
  const server = new EventEmitter();
  const inside = new Set<FakeSocket>();
  server.on("connection", (socket: FakeSocket) => inside.add(socket));
  limitConnections(
    server as Server,
    parseConfig({ logger: pino({ level: "silent" }), ...options }),
    () => [],
  );
  const come = (address: string): FakeSocket => {
    const socket = new FakeSocket(address);
    server.emit("connection", socket);
    return socket;
  };
  return { come, isIn: (address: string) => inside.has(come(address)), inside };
}

describe("the limit of connections of an address", () => {
  test("is a quarter of all unless told otherwise, and none for this machine itself", () => {
    const { isIn } = world({ connections: 8 });
    expect([1, 2, 3].map(() => isIn("192.0.2.1"))).toEqual([true, true, false]);
    expect([1, 2, 3].map(() => isIn("127.0.0.1"))).toEqual([true, true, true]);
    expect(isIn("::1")).toBe(true);
    expect(isIn("192.0.2.2")).toBe(true);
  });

  test("counts IPv6 by networks, and IPv4 as IPv4 however it is written", () => {
    const { isIn } = world({ connections: 20, connectionsPerAddress: 2 });
    expect(["2001:db8::1", "2001:db8::2", "2001:db8::3"].map(isIn)).toEqual([true, true, false]);
    expect(isIn("2001:db8:0:1::1")).toBe(true);
    expect(["192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.1"].map(isIn)).toEqual([true, true, false]);
  });

  test("is off behind a trusted proxy unless it is asked for", () => {
    const all = world({ connections: 8, trustProxy: true });
    for (let count = 0; count < 8; count++) expect(all.isIn("192.0.2.1")).toBe(true);
    const some = world({ connections: 8, trustProxy: true, connectionsPerAddress: 1 });
    expect([1, 2].map(() => some.isIn("192.0.2.1"))).toEqual([true, false]);
  });

  test("is had back when connections end", () => {
    const { come, isIn } = world({ connections: 8 });
    const [first] = [come("192.0.2.1"), come("192.0.2.1")];
    expect(isIn("192.0.2.1")).toBe(false);
    first!.destroy();
    expect(isIn("192.0.2.1")).toBe(true);
  });
});
