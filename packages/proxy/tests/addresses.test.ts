/** X21: where requests may go: what the allowlist says, and what an allowed name leads to. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAllowlistValidator } from "@perennial/proxy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mayConnect } from "../src/core/addresses.ts";
import { guardedFetch, type Lookup } from "../src/node/guarded-fetch.ts";
import { SECRET, World } from "./support/world.ts";

describe("X21: the allowlist", () => {
  it.each([
    ["https://api.openai.com/**", "https://api.openai.com/v1/x?y#z", true],
    ["https://api.openai.com/**", "https://API.OpenAI.com/v1", true],
    ["https://api.openai.com/**", "http://api.openai.com/v1", false],
    ["https://api.openai.com/**", "https://api.openai.com.evil.test/v1", false],
    ["https://api.openai.com/**", "https://evil.test/api.openai.com/v1", false],
    ["https://api.openai.com/**", "https://api.openai.com@evil.test/", false],
    ["https://api.openai.com/**", "https://user:word@api.openai.com/", false],
    ["https://api.openai.com/**", "https://xapi.openai.com/", false],
    ["api.test", "http://api.test:81/any", true],
    ["api.test", "ftp://api.test/", false],
    ["https://*.example.com/api/**", "https://a.b.example.com/api/x", true],
    ["https://*.example.com/api/**", "https://example.com/api/x", false],
    ["https://*.example.com/api/**", "https://a.example.com/apix", false],
    ["https://a*.example.com", "https://abc.example.com/", true],
    ["https://a*.example.com", "https://a.evil.example.com/", false],
    ["https://api.test:443", "https://api.test/", true],
    ["http://api.test:80", "http://api.test/", true],
    ["https://api.test:8443", "https://api.test/", false],
    ["http://localhost:*/**", "http://localhost:4000/x", true],
    ["https://api.test/v1/**", "https://api.test/v1/../admin", false],
    ["https://api.test/v1/**", "https://api.test/v1/%2e%2e/admin", false],
    ["https://api.test/v1/**", "https://api.test/v1/..%2fadmin", false],
    ["https://api.test/v1/**", "https://api.test/v1/%252e%252e%252fadmin", false],
    ["https://api.test/v1/**", "https://api.test/v1/..%5cadmin", false],
    ["https://api.test/v1/**", "https://api.test/v1/a%2fb", true],
    ["https://api.test/v1", "https://api.test/v1/", false],
    ["http://[::1]:*/**", "http://[::1]:80/", true],
    ["http://10.0.0.1", "http://10.0.0.1/", true],
    ["https://api.test.", "https://api.test/", false],
    ["https://api.test", "https://api.test./", true],
  ])("%s and %s: %s", (pattern, url, isAllowed) => {
    expect(createAllowlistValidator([pattern])(url)).toBe(isAllowed);
  });

  it("allows nothing when it is empty, and refuses what is no pattern", () => {
    expect(createAllowlistValidator([])("https://api.test/")).toBe(false);
    for (const wrong of ["", "https://", "https://a b", "ftp://x", "https://x/?q", "https://u@x"])
      expect(() => createAllowlistValidator([wrong])).toThrow(/no pattern/);
  });
});

const RULES = {
  exactHosts: new Set(["localhost", "10.0.0.5", "[::1]"]),
  privateHosts: new Set(["ollama.internal"]),
};

describe("X21: addresses", () => {
  it.each([
    ...[
      "127.0.0.1",
      "127.9.9.9",
      "0.0.0.0",
      "10.0.0.1",
      "172.16.0.1",
      "192.168.1.1",
      "100.64.0.1",
      "169.254.169.254",
      "168.63.129.16",
    ],
    ...[
      "::1",
      "::",
      "fe80::1",
      "fe80::1%eth0",
      "fc00::1",
      "fd12::1",
      "::ffff:127.0.0.1",
      "::ffff:a9fe:a9fe",
      "::127.0.0.1",
    ],
    ...[
      "64:ff9b::7f00:1",
      "64:ff9b::a9fe:a9fe",
      "64:ff9b:1::1",
      "2002:7f00:1::",
      "2001::1",
      "fec0::1",
      "ff02::1",
    ],
    ...["224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1", "not an address", ""],
  ])("a public name may not lead to %s", (address) => {
    expect(mayConnect("api.test", address, RULES)).toBe(false);
  });

  it.each([
    ["api.test", "93.184.216.34"],
    ["api.test", "2606:4700::1111"],
    ["api.test", "::ffff:8.8.8.8"],
    ["api.test", "64:ff9b::8.8.8.8"],
    ["localhost", "127.0.0.1"],
    ["LOCALHOST.", "::1"],
    ["10.0.0.5", "10.0.0.5"],
    ["[::1]", "::1"],
    ["ollama.internal", "192.168.1.4"],
    ["ollama.internal", "127.0.0.1"],
  ])("%s may lead to %s", (host, address) => {
    expect(mayConnect(host, address, RULES)).toBe(true);
  });

  it.each([
    ["localhost", "10.0.0.1"],
    ["localhost", "169.254.169.254"],
    ["x.localhost", "127.0.0.1"],
    ["10.0.0.6", "10.0.0.6"],
    ["ollama.internal", "169.254.169.254"],
    ["ollama.internal", "fe80::1"],
  ])("%s may not lead to %s", (host, address) => {
    expect(mayConnect(host, address, RULES)).toBe(false);
  });
});

describe("X21: connections", () => {
  const inside = createServer((_request, response) => response.end("a secret of the inside"));
  let world: World;
  beforeAll(async () => {
    await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
    world = await World.start({ allowlist: ["http://*/**"] });
  });
  afterAll(async () => {
    await world.stop();
    inside.closeAllConnections();
    inside.close();
  });
  const port = () => (inside.address() as AddressInfo).port;

  it.each([
    ...[
      "127.0.0.1",
      "localhost",
      "2130706433",
      "0x7f.1",
      "0177.0.0.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0",
      "127.1",
    ],
    "[::ffff:7f00:1]",
  ])("lead nowhere inside for %s, which the allowlist has no name for", async (host) => {
    const upstream = { "upstream-url": `http://${host}:${port()}/`, "upstream-method": "GET" };
    const headers = { authorization: `Bearer ${SECRET}`, ...upstream };
    const response = await world.ask("POST", "", { headers });
    expect([response.status, (await response.json()).error.code]).toEqual([403, "UPSTREAM_NOT_ALLOWED"]);
  });

  /** A name that leads to another place each time, as one does that somebody makes to get inside. */
  function rebinding(...addresses: string[]): { readonly lookup: Lookup; readonly asked: () => number } {
    let asked = 0;
    const lookup = (
      _name: string,
      _options: object,
      callback: (error: null, found: object[]) => void,
    ): void => {
      const address = addresses[Math.min(asked++, addresses.length - 1)]!;
      callback(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
    };
    return { lookup: lookup as unknown as Lookup, asked: () => asked };
  }

  const none = { exactHosts: new Set<string>(), privateHosts: new Set<string>() };
  const init = { method: "GET", headers: {}, body: undefined, signal: AbortSignal.timeout(30_000) };

  it("judge what was looked up, and look up nothing a second time", async () => {
    const { lookup, asked } = rebinding("127.0.0.1");
    const upstream = guardedFetch(none, lookup);
    const error = await upstream
      .fetch(new URL(`http://rebinding.test:${port()}/`), init)
      .catch((each: Error) => each);
    expect((error as Error).cause).toMatchObject({ name: "AddressNotAllowedError" });
    expect(asked()).toBe(1);
    await upstream.close();
  });

  it("judge anew for each connection: a name that was well once is not for ever", async () => {
    const rules = { ...none, privateHosts: new Set(["moving.test"]) };
    const { lookup } = rebinding("127.0.0.1", "169.254.169.254");
    const upstream = guardedFetch(rules, lookup);
    const url = new URL(`http://moving.test:${port()}/`);
    expect(
      await (
        await upstream
          .fetch(url, { ...init, headers: { connection: "close" } })
          .catch(() => upstream.fetch(url, init))
      ).text(),
    ).toContain("inside");
    await new Promise<void>((resolve) => {
      inside.closeAllConnections();
      resolve();
    });
    await expect
      .poll(async () => {
        const answer = await upstream.fetch(url, init).catch((each: Error) => (each.cause as Error)?.name);
        return typeof answer === "string" ? answer : "answered";
      })
      .toBe("AddressNotAllowedError");
    await upstream.close();
  });

  it("take of several addresses those that may be taken", async () => {
    const rules = { ...none, privateHosts: new Set(["several.test"]) };
    const lookup = ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(null, [
        { address: "169.254.169.254", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ])) as unknown as Lookup;
    const upstream = guardedFetch(rules, lookup);
    const response = await upstream.fetch(new URL(`http://several.test:${port()}/`), init);
    expect(await response.text()).toContain("inside");
    await upstream.close();
  });

  it("follow no redirect, to wherever it leads", async () => {
    const moving = createServer((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${port()}/` }).end();
    });
    await new Promise<void>((resolve) => moving.listen(0, "127.0.0.1", resolve));
    const upstream = guardedFetch({ ...none, exactHosts: new Set(["localhost"]) });
    const address = `http://localhost:${(moving.address() as AddressInfo).port}/`;
    expect((await upstream.fetch(new URL(address), init)).status).toBe(307);
    await upstream.close();
    moving.closeAllConnections();
    moving.close();
  });
});
