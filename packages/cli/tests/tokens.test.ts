/** Tokens as people use them: made at the command line, sent by our client, against a server that runs. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DurableStream, stream } from "@perennial/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Running, run, start } from "./support/process.ts";

let server: Running;
let base = "";
let secret = "";

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), "perennial-tokens-"));
  server = start(["serve", "--port", "0", "--data-dir", directory]);
  const [, port] = await server.output(/"url":"http:\/\/[^"]*:(\d+)"/);
  base = `http://127.0.0.1:${port}/v1/stream/app`;
  secret = (await run(["service", "create", "app", "--data-dir", directory])).stdout.trim();
});
afterAll(() => void server.child.kill("SIGKILL"));

const mint = (...args: readonly string[]) =>
  run(["token", "mint", "app", ...args], { env: { STREAM_AUTH: `Bearer ${secret}` } });
const bearer = (credential: string) => ({ Authorization: `Bearer ${credential.trim()}` });

describe("perennial token", () => {
  it("makes a token that the server takes for what it names", async () => {
    const { stdout: token } = await mint(
      "--match",
      "made/**",
      "--ops",
      "create, append,read",
      "--producer",
      "u",
    );
    const put = (path: string) => fetch(`${base}/${path}`, { method: "PUT", headers: bearer(token) });
    expect([(await put("made/1")).status, (await put("other/1")).status]).toEqual([201, 403]);
    expect((await fetch(`${base}/made/1?access_token=${token.trim()}`)).status).toBe(200);
    expect((await fetch(`${base}/made/1`, { method: "DELETE", headers: bearer(token) })).status).toBe(403);
    const { stdout: reading } = await mint("--match", "made/1");
    expect((await fetch(`${base}/made/1`, { headers: bearer(reading) })).status).toBe(200);
    expect(
      (await fetch(`${base}/made/1`, { method: "POST", headers: bearer(reading), body: "x" })).status,
    ).toBe(403);
  });

  it("says what is wrong", async () => {
    const wrong = [
      [["--match", "a//b"], 1, /match/],
      [["--match", "a", "--ops", "read,fly"], 2, /some of read, append.*not "fly"/],
      [["--match", "a", "--expires-in", "2d"], 2, /--expires-in must be a time/],
      [["--match", "a", "--expires-in", "25h"], 1, /expiresIn must be whole seconds/],
      [[], 2, /--match/],
    ] as const;
    for (const [args, code, says] of wrong)
      expect(await mint(...args)).toMatchObject({ code, stderr: expect.stringMatching(says) });
    const without = await run(["token", "mint", "app", "--match", "a"]);
    expect(without).toMatchObject({ code: 2, stderr: expect.stringMatching(/needs the secret/) });
  });
});

describe("our client asks for the next token when one ends, and misses no message", () => {
  /** A header function whose tokens last two seconds, and that tells of each. */
  const header = (name: string, onToken: (count: number) => unknown) => {
    let count = 0;
    return async (): Promise<string> => {
      count += 1;
      const { mintToken, signingKey } = await import("@perennial/tokens");
      await onToken(count);
      const streams = [{ match: name, ops: ["read"] as const }];
      const token = await mintToken(await signingKey(secret), { service: "app", streams, expiresIn: 2 });
      return `Bearer ${token}`;
    };
  };
  const json = (name: string) =>
    DurableStream.create({
      url: `${base}/${name}`,
      contentType: "application/json",
      headers: bearer(secret),
    });

  it("of events", { timeout: 60_000 }, async () => {
    const writer = await json("events");
    const read: number[] = [];
    const appended: number[] = [];
    // Between two connections, where a message could be missed or come twice.
    const Authorization = header("events", async (count) => {
      appended.push(count);
      await writer.append(JSON.stringify(count));
    });
    const options = { url: `${base}/events`, headers: { Authorization }, offset: "-1" } as const;
    const response = await stream<number>({ ...options, live: "sse" });
    response.subscribeJson(({ items }) => void read.push(...items));
    await expect.poll(() => read.length, { timeout: 40_000 }).toBeGreaterThanOrEqual(5);
    response.cancel();
    expect(read).toEqual(appended.slice(0, read.length));
  });

  it("of answers to long-polls", { timeout: 60_000 }, async () => {
    const writer = await json("polls");
    const read: number[] = [];
    let tokens = 0;
    const Authorization = header("polls", (count) => {
      tokens = count;
    });
    const options = { url: `${base}/polls`, headers: { Authorization }, offset: "-1" } as const;
    const response = await stream<number>({ ...options, live: "long-poll" });
    response.subscribeJson(({ items }) => void read.push(...items));
    await expect.poll(() => tokens, { timeout: 40_000 }).toBeGreaterThanOrEqual(4);
    await writer.append("1");
    await expect.poll(() => read, { timeout: 10_000 }).toEqual([1]);
    response.cancel();
  });
});
