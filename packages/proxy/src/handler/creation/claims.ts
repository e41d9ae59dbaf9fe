/**
 * Who fetches a response that several may want to fetch: a record beside its stream, to which each adds what it does under the next
 * number. The server below takes each number once (`Stream-Seq`), so of two that race one is told no.
 */
import { stream } from "@perennial/client";
import { HEADER } from "@perennial/protocol";
import { discard } from "../backend.ts";
import type { Context } from "../context.ts";

/** One entry: a process fetches, or did and failed. */
interface Entry {
  readonly state: "fetching" | "released";
  readonly by: string;
}

/** What came of a claim. */
export type Claim =
  /** It is for us to fetch. */
  | { readonly kind: "mine"; release(): Promise<void> }
  /** There is a stream. */
  | { readonly kind: "found"; readonly contentType: string }
  /** Somebody else fetches, and goes on doing so. */
  | { readonly kind: "busy" };

const JSON_TYPE = "application/json";
const POLL_MS = 100;
const NUMBER_WIDTH = 15;

/**
 * Claims a response, or waits for who has it.
 *
 * @param patienceMs how long another may take until there is a stream
 * @throws when the server below fails
 */
export async function claim(context: Context, id: string, patienceMs: number): Promise<Claim> {
  const { backend, records, lease, settings } = context;
  const url = backend.claim(id);
  const headers = {
    [HEADER.contentType]: JSON_TYPE,
    [HEADER.streamTtl]: String(settings.streamTtlSeconds),
  };
  await discard(await backend.send("PUT", url, { headers }));
  for (const end = performance.now() + patienceMs; performance.now() < end; ) {
    const entries = await readEntries(context, url);
    // After the entries: who has released it did not create, and who has not may have.
    const found = await records.find(id);
    if (found.kind === "ok") return { kind: "found", contentType: found.value.description.contentType };
    if (found.rejection === "unavailable") throw new Error("a stream cannot be looked up");
    const last = entries.at(-1);
    const isHeld = last?.state === "fetching" && last.by !== lease.instance && (await lease.isAlive(last.by));
    if (!isHeld && (await add(context, url, entries.length, "fetching")))
      return {
        kind: "mine",
        release: () => add(context, url, entries.length + 1, "released").then(() => undefined),
      };
    if (isHeld) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { kind: "busy" };
}

async function readEntries({ backend }: Context, url: string): Promise<Entry[]> {
  const response = await stream<Entry>({
    ...{ url, live: false, fetch: backend.fetch, headers: { ...backend.headers }, warnOnHttp: false },
    backoffOptions: { initialDelay: 20, maxDelay: 500, deadline: 10_000 },
  });
  return response.json();
}

/** Adds an entry under its number. False if somebody else has that number. Throws when the server below fails. */
async function add(
  { backend, lease }: Context,
  url: string,
  number: number,
  state: Entry["state"],
): Promise<boolean> {
  const headers = {
    [HEADER.contentType]: JSON_TYPE,
    [HEADER.streamSeq]: String(number + 1).padStart(NUMBER_WIDTH, "0"),
  };
  const body = JSON.stringify({ state, by: lease.instance } satisfies Entry);
  const { ok, status } = await discard(await backend.send("POST", url, { headers, body }));
  if (!ok && status !== 409) throw new Error(`a claim cannot be written: ${status}`);
  return ok;
}
