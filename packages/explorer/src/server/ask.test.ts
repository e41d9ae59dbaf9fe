import { afterEach, expect, test, vi } from "vitest";
import { ask } from "./ask.ts";

afterEach(() => vi.unstubAllGlobals());

test("the login page of a network is no answer of the server", async () => {
  const headers = { "content-type": "text/html; charset=utf-8" };
  vi.stubGlobal("fetch", async () => new Response("<p>Log in</p>", { headers }));
  await expect(ask("http://example.test/v1/streams")).rejects.toThrow("a web page answers");
  vi.stubGlobal("fetch", async () => Response.json({ streams: [] }));
  expect(await (await ask("http://example.test/v1/streams")).json()).toEqual({ streams: [] });
});
