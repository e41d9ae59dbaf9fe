/** The bot of the first screen: whatever ends its game, another begins. */
import { DurableStream } from "@perennial/client";
import { createServer } from "@perennial/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BotHost } from "../../server/bot-host.ts";
import type { Start } from "../../shared/engine/doom.ts";
import { listUrl } from "../../shared/sessions.ts";
import { startGame } from "../support/engine.ts";

const server = createServer({ port: 0, drainMs: 0 });
beforeAll(() => server.start());
afterAll(() => server.stop());

/** A bot in a place of its own, what it logs, and the sessions that it made, by the requests it sent. */
function hosted(name: string, start: (start: Start) => ReturnType<typeof startGame> = startGame) {
  const lines: string[] = [];
  const sessions: string[] = [];
  const streamsUrl = `${server.url}/v1/stream/${name}`;
  const place = {
    streamsUrl,
    fetch: (input: RequestInfo | URL, init?: RequestInit) => {
      const [, session] = /^\/([^/]+)$/.exec(String(input).replace(streamsUrl, "")) ?? [];
      if (init?.method === "PUT" && session !== undefined) sessions.push(session);
      return fetch(input, init);
    },
  };
  const host = new BotHost({ place, startGame: start, log: (line) => lines.push(line) });
  return { host, lines, sessions, place };
}

async function sizeOf(streamsUrl: string, session: string | undefined): Promise<number> {
  const response = await fetch(`${streamsUrl}/${session}`);
  return (await response.arrayBuffer()).byteLength;
}

test("an engine that traps ends its game, and neither the process nor the bot", async () => {
  let games = 0;
  const { host, lines, sessions, place } = hosted("trap", (start) => {
    const doom = startGame(start);
    if (++games === 1)
      doom.afterStep = () => {
        if (doom.tick === 10) throw new WebAssembly.RuntimeError("unreachable");
      };
    return doom;
  });
  host.visit();
  await expect.poll(() => sessions.length).toBe(2);
  expect(lines).toEqual(["The bot's game ended: unreachable. Another begins in 1 s."]);
  await expect.poll(() => sizeOf(place.streamsUrl, sessions[1])).toBeGreaterThan(300);
  await host.stop();
});

test("a session that is gone is followed by another", async () => {
  const { host, lines, sessions, place } = hosted("gone");
  host.visit();
  await expect.poll(() => sessions.length).toBe(1);
  await expect.poll(() => sizeOf(place.streamsUrl, sessions[0])).toBeGreaterThan(200);
  await DurableStream.delete({ url: `${place.streamsUrl}/${sessions[0]}`, warnOnHttp: false });
  await expect.poll(() => sessions.length).toBe(2);
  expect(lines).toHaveLength(1);
  await expect.poll(() => sizeOf(place.streamsUrl, sessions[1])).toBeGreaterThan(200);
  await host.stop();
});

test("it plays although the list of the day is full", async () => {
  const { host, lines, sessions, place } = hosted("full");
  await DurableStream.create({
    ...{ url: listUrl(place, Date.now()), contentType: "application/json", warnOnHttp: false },
    maxBytes: 2,
  });
  host.visit();
  await expect.poll(() => sessions.length).toBe(1);
  await expect.poll(() => sizeOf(place.streamsUrl, sessions[0])).toBeGreaterThan(200);
  expect(lines).toEqual([]);
  await host.stop();
});
