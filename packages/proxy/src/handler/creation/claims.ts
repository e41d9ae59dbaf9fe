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
/** Attempts that failed, twice over. After so many the request needs another key. */
const ENTRIES_MAX = 2_000;
const NUMBER_WIDTH = 15;

/**
 * Claims a response, or waits for who has it.
 *
 * @param patienceMs how long another may take until there is a stream
 * @throws when the server below fails
 */
export async function claim(context: Context, id: string, patienceMs: number): Promise<Claim> {
  const url = context.backend.claim(id);
  const mine: Claim = { kind: "mine", release: () => release(context, url) };
  const [isFirst, found] = await Promise.all([begin(context, url), findStream(context, id)]);
  if (found !== undefined) return found;
  if (isFirst) return mine;
  for (const end = performance.now() + patienceMs; performance.now() < end; ) {
    const entries = await readEntries(context, url);
    const held = await isHeld(context, entries.at(-1));
    // After the entries: who is dead, or has given up, creates nothing any more.
    const since = await findStream(context, id);
    if (since !== undefined) return since;
    if (entries.length >= ENTRIES_MAX) return { kind: "busy" };
    if (held) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    else if (await add(context, url, entries.length, "fetching")) return mine;
  }
  return { kind: "busy" };
}

/** The stream, if there is one. */
async function findStream({ records }: Context, id: string): Promise<Claim | undefined> {
  const found = await records.find(id);
  if (found.kind === "ok") return { kind: "found", contentType: found.value.description.contentType };
  if (found.rejection === "unavailable") throw new Error("a stream cannot be looked up");
  return undefined;
}

/** Makes the record with our entry in it. False if there is one. */
async function begin({ backend, lease, settings }: Context, url: string): Promise<boolean> {
  const headers = {
    [HEADER.contentType]: JSON_TYPE,
    [HEADER.streamTtl]: String(settings.streamTtlSeconds),
  };
  const body = JSON.stringify({ state: "fetching", by: lease.instance } satisfies Entry);
  const { ok, status } = await discard(await backend.send("PUT", url, { headers, body }));
  if (!ok) throw new Error(`a claim cannot be written: ${status}`);
  return status === 201;
}

/** Whether whoever made this entry is fetching. */
async function isHeld({ lease }: Context, last: Entry | undefined): Promise<boolean> {
  return last?.state === "fetching" && last.by !== lease.instance && (await lease.isAlive(last.by));
}

async function release(context: Context, url: string): Promise<void> {
  await add(context, url, (await readEntries(context, url)).length, "released");
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
