/** The proxy as a process, in front of a server that is one, too. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDurableFetch, MemoryStorage } from "@perennial/proxy/client";
import { afterEach, expect, it } from "vitest";
import { type Running, run, start } from "./support/process.ts";

const LISTENING = /"url":"(http:\/\/127\.0\.0\.1:\d+)/;
const SECRET = "a secret of the test";
const servers: Running[] = [];
const upstream = createServer((_request, response) => response.end("an answer"));

afterEach(() => {
  for (const server of servers.splice(0)) server.child.kill("SIGKILL");
  upstream.close();
});

async function launched(...args: string[]): Promise<string> {
  const server = start([...args, "--port", "0"], { env: { STREAM_PROXY_SECRET: SECRET } });
  servers.push(server);
  const [, url] = await server.output(LISTENING);
  return url!;
}

it("keeps answers in another server, tells no secret, and ends cleanly", async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const streams = await launched("serve", "--memory");
  const url = await launched("proxy", "--streams", streams, "--allow", "http://localhost:*/**");
  const durableFetch = createDurableFetch({
    ...{ proxyUrl: `${url}/v1/proxy`, proxyAuthorization: SECRET, storage: new MemoryStorage() },
  });
  const { port } = upstream.address() as AddressInfo;
  const response = await durableFetch(`http://localhost:${port}/`, { method: "GET" });
  expect(await response.text()).toBe("an answer");
  const [, proxy] = servers;
  proxy!.child.kill("SIGTERM");
  const { code, stdout, stderr } = await proxy!.finished;
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain(SECRET);
});

it.each([
  [["--streams", "localhost:4437"], /--streams must be an address such as http/],
  [["--allow", "no pattern?"], /no pattern of the allowlist: "no pattern\?"/],
  [["--public-url", "nowhere"], /--public-url must be an address/],
  [["--secret-file", "/nowhere"], /--secret-file \/nowhere cannot be read/],
])("says what is wrong with %s", async (args, message) => {
  const env = { STREAM_PROXY_SECRET: SECRET };
  const { code, stderr } = await run(["proxy", "--allow", "https://example.com/**", ...args], { env });
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

it("asks for a secret", async () => {
  const { code, stderr } = await run(["proxy", "--allow", "https://example.com/**"]);
  expect(code).toBe(2);
  expect(stderr).toContain("STREAM_PROXY_SECRET");
});
