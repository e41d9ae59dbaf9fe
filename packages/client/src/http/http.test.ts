import { afterEach, describe, expect, test, vi } from "vitest";
import { page, scriptedFetch } from "../../tests/support/scripted-fetch.ts";
import { FetchBackoffAbortError } from "../errors/abort-error.ts";
import { DurableStreamError } from "../errors/durable-stream-error.ts";
import { FetchError } from "../errors/fetch-error.ts";
import { BackoffDefaults, backoffBound, backoffPolicy } from "./backoff.ts";
import { createFetchWithConsumedBody } from "./consumed-body.ts";
import { createFetchWithBackoff, retryingFetch } from "./fetch-with-backoff.ts";
import { _resetHttpWarningForTesting, warnIfUsingHttpInBrowser } from "./http-warning.ts";
import { mergeHeaders, resolveRecord } from "./records.ts";
import { RETRY_AFTER_MAX_MS, retryAfterMs } from "./retry-after.ts";
import { anySignal } from "./signals.ts";

const url = "https://example.test/s";
const quick = { initialDelay: 1, maxDelay: 2, multiplier: 1 };

describe("backoff", () => {
  test("the defaults are the official client's", () => {
    expect(BackoffDefaults).toEqual({
      initialDelay: 100,
      maxDelay: 60_000,
      multiplier: 1.3,
      maxRetries: Infinity,
    });
  });

  test.each([
    [1, 100],
    [2, 130],
    [3, 169],
    [200, 60_000],
    [100_000, 60_000],
  ])("after %i failures a wait takes up to %i ms", (failures, bound) => {
    expect(backoffBound(backoffPolicy({}), failures)).toBeCloseTo(bound);
  });

  test.each([
    ["2", 2000],
    ["1.5", 1500],
    ["0", 0],
    ["-3", 0],
    ["soon", 0],
    ["", 0],
    [null, 0],
    ["9999999", RETRY_AFTER_MAX_MS],
    ["Thu, 01 Jan 1970 00:00:10 GMT", 9000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Fri, 01 Jan 2100 00:00:00 GMT", RETRY_AFTER_MAX_MS],
  ])("Retry-After %j at one second past the epoch is %i ms", (value, expected) => {
    expect(retryAfterMs(value, 1000)).toBe(expected);
  });
});

describe("fetch with backoff", () => {
  test("5xx, 429 and network failures are repeated, and every failure is reported", async () => {
    const onFailedAttempt = vi.fn();
    const fetch = scriptedFetch(
      page("", { status: 500 }),
      page("", { status: 503 }),
      page("", { status: 429 }),
      new TypeError("fetch failed"),
      page("ok"),
    );
    const response = await createFetchWithBackoff(fetch, { ...quick, onFailedAttempt })(url);
    expect(await response.text()).toBe("ok");
    expect(onFailedAttempt).toHaveBeenCalledTimes(4);
  });

  test("a wait lies between what the server asks for and the bound", async () => {
    const setTimeout = vi.spyOn(globalThis, "setTimeout");
    const refused = (asked: string) => page("", { status: 503, headers: { "retry-after": asked } });
    const fetch = scriptedFetch(refused("0"), refused("0.02"), page("ok"));
    await createFetchWithBackoff(fetch, { initialDelay: 10, multiplier: 1 })(url);
    const [first, second] = setTimeout.mock.calls.map(([, ms]) => ms);
    setTimeout.mockRestore();
    expect(first).toBeLessThan(10);
    expect(second).toBe(20);
  });

  test("a silent attempt ends at attemptTimeout and is repeated; a body that falls silent is an error", async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const answers = [new Promise<never>(() => {}), new Response("ok"), new Response(new ReadableStream())];
    const fetch = async (_: unknown, init?: RequestInit) => {
      signals.push(init?.signal);
      return (await answers[signals.length - 1]) as Response;
    };
    const patient = createFetchWithBackoff(fetch as typeof globalThis.fetch, {
      ...quick,
      attemptTimeout: 100,
    });
    expect(await (await patient(url)).text()).toBe("ok");
    await expect(patient(url)).rejects.toMatchObject({ name: "TimeoutError" });
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false, true]);
  });

  test("who oversleeps a wait, as a laptop does, gets the error from before, and no attempt without time", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const fetch = scriptedFetch(() => {
      setTimeout(() => vi.setSystemTime(Date.now() + 3_600_000), 0);
      return page("busy", { status: 503 });
    });
    const policy = backoffPolicy({ initialDelay: 50, deadline: 60_000 });
    const pending = retryingFetch(fetch, policy, { attempt: 1_000, all: 60_000 })(url);
    await expect(pending).rejects.toMatchObject({ status: 503 });
    vi.useRealTimers();
    expect(fetch.requests).toHaveLength(1);
  });

  test("any other 4xx is thrown at once", async () => {
    const fetch = scriptedFetch(page('{"why":"no"}', { status: 418 }));
    const error = await createFetchWithBackoff(fetch, quick)(url).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({
      status: 418,
      json: { why: "no" },
      url,
      message: `HTTP Error 418 at ${url}: {"why":"no"}`,
    });
    expect(fetch.requests).toHaveLength(1);
  });

  test("the JSON of a problem is there as text and as JSON", async () => {
    const body = '{"code":"bad-header"}';
    const problem = page(body, { status: 400, type: "application/problem+json" });
    const error = await createFetchWithBackoff(scriptedFetch(problem), quick)(url).catch((it: unknown) => it);
    const message = `HTTP Error 400 at ${url}: ${body}`;
    expect(error).toMatchObject({ text: body, json: { code: "bad-header" }, message });
    expect(DurableStreamError.fromFetchError(error as FetchError).details).toEqual({ code: "bad-header" });
  });

  test("maxRetries allows so many more attempts, also without other options", async () => {
    for (const [maxRetries, error] of [
      [0, { status: 500 }],
      [2, { message: "fetch failed" }],
    ] as const) {
      const answer = () => (maxRetries === 0 ? page("", { status: 500 }) : new TypeError("fetch failed"));
      const fetch = scriptedFetch(answer, answer, answer, answer);
      const options = maxRetries === 0 ? { maxRetries } : { ...quick, maxRetries };
      await expect(createFetchWithBackoff(fetch, options)(url)).rejects.toMatchObject(error);
      expect(fetch.requests).toHaveLength(maxRetries + 1);
    }
  });

  test("an aborted signal is a FetchBackoffAbortError, before and during a request", async () => {
    const fetch = scriptedFetch();
    const patient = createFetchWithBackoff(fetch, quick);
    await expect(patient(url, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
      FetchBackoffAbortError,
    );
    const controller = new AbortController();
    const pending = patient(url, { signal: controller.signal });
    controller.abort();
    await expect(pending).rejects.toBeInstanceOf(FetchBackoffAbortError);
  });

  test("a consumed body can be read again; one that breaks is an error with the status", async () => {
    const whole = await createFetchWithConsumedBody(scriptedFetch(page("text", { status: 202 })))(url);
    expect([whole.status, await whole.text()]).toEqual([202, "text"]);
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) });
    const failing = createFetchWithConsumedBody(scriptedFetch(page(broken)))(url);
    await expect(failing).rejects.toMatchObject({
      name: "FetchError",
      status: 200,
      message: expect.stringContaining("cut"),
    });
  });
});

describe("records and signals", () => {
  test("functions are called in order, and undefined is dropped", async () => {
    const calls: string[] = [];
    const make = (name: string) => async () => {
      calls.push(name);
      return name;
    };
    const record = { b: make("b"), a: make("a"), none: undefined, plain: "x" };
    expect(await resolveRecord(record)).toEqual({ b: "b", a: "a", plain: "x" });
    expect(calls).toEqual(["b", "a"]);
  });

  test("headers merge ignoring case; the last spelling and value win", () => {
    expect(mergeHeaders({ "Content-Type": "a", X: "1" }, undefined, { "content-type": "b" })).toEqual({
      X: "1",
      "content-type": "b",
    });
  });

  test("a linked signal follows the first that is aborted, and lets go of the others", () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const linked = anySignal(first.signal, undefined, second.signal);
    second.abort("reason");
    expect(linked.signal?.reason).toBe("reason");
    expect(anySignal(undefined, first.signal).signal).toBe(first.signal);
    expect(anySignal(AbortSignal.abort("before"), first.signal).signal?.reason).toBe("before");
    const released = anySignal(first.signal, new AbortController().signal);
    released.release();
    first.abort();
    expect(released.signal?.aborted).toBe(false);
  });
});

describe("the HTTP warning", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    _resetHttpWarningForTesting();
  });

  function warningsFor(...urls: (string | URL)[]): string[] {
    vi.stubEnv("NODE_ENV", "production");
    vi.stubGlobal("window", {});
    vi.stubGlobal("location", { href: "http://here.test/page" });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const address of urls) warnIfUsingHttpInBrowser(address);
    return warn.mock.calls.map(([text]) => String(text));
  }

  test("it is given once per origin, for plain HTTP only", () => {
    const warnings = warningsFor(
      "http://a.test/1",
      "http://a.test/2",
      "https://b.test",
      "http://b.test",
      "/relative",
      "http://",
    );
    expect(warnings).toHaveLength(3);
    for (const part of ["[DurableStream]", "HTTP (not HTTPS)", "~6 concurrent connections per origin"]) {
      expect(warnings[0]).toContain(part);
    }
    expect(warnings[0]).toContain("https://electric-sql.com/r/electric-http2");
  });

  test("it can be switched off, and is silent in tests and outside browsers", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    warnIfUsingHttpInBrowser("http://a.test");
    vi.stubEnv("NODE_ENV", "production");
    warnIfUsingHttpInBrowser("http://a.test");
    vi.stubGlobal("window", {});
    warnIfUsingHttpInBrowser("http://a.test", false);
    expect(warn).not.toHaveBeenCalled();
  });
});
