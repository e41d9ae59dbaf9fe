/** What is known of responses: from their streams, and how they ended from a word beside each. */
import { HEADER, isTrue, type Rejected, type Result, reject } from "@perennial/protocol";
import { type Description, readDescription } from "../core/stored-type.ts";
import { type Outcome, parseOutcome } from "../core/words.ts";
import { type Backend, discard } from "./backend.ts";
import { Recent } from "./recent.ts";

/** A response, as of now. */
export interface StoredResponse {
  readonly description: Description;
  readonly isClosed: boolean;
  /** Of the answer to HEAD. */
  readonly headers: Headers;
}

/** How many descriptions and outcomes are remembered: neither ever changes. */
const REMEMBERED = 10_000;
const TEXT = "text/plain";

/** Why a response cannot be had. */
export type Missing = "missing" | "gone" | "unavailable";

export class Records {
  readonly #backend: Backend;
  readonly #ttl: Readonly<Record<string, string>>;
  readonly #descriptions = new Recent<Description>(REMEMBERED);
  readonly #outcomes = new Recent<Outcome>(REMEMBERED);

  constructor(backend: Backend, ttlSeconds: number) {
    this.#backend = backend;
    this.#ttl = { [HEADER.streamTtl]: String(ttlSeconds) };
  }

  /** Creates the stream of a response. False if it was there. Throws when it cannot be created. */
  async create(id: string, contentType: string): Promise<boolean> {
    const headers = { ...this.#ttl, [HEADER.contentType]: contentType };
    const { status } = await discard(await this.#backend.send("PUT", this.#backend.bytes(id), { headers }));
    if (status !== 201 && status !== 200) throw new Error(`a stream cannot be created: ${status}`);
    this.#outcomes.delete(id);
    this.#descriptions.set(id, readDescription(contentType));
    return status === 201;
  }

  /** Looks a response up. Rejects when the server below cannot be reached. */
  async find(id: string): Promise<Result<StoredResponse, Missing>> {
    const response = await discard(await this.#backend.send("HEAD", this.#backend.bytes(id)));
    const { headers, status } = response;
    if (status !== 200) return this.missing(id, status);
    const description = readDescription(headers.get(HEADER.contentType));
    this.#descriptions.set(id, description);
    const isClosed = isTrue(headers.get(HEADER.streamClosed));
    return { kind: "ok", value: { description, isClosed, headers } };
  }

  /** What a status other than success means, and that nothing is known of the response any more. */
  missing(id: string, status: number): Rejected<Missing> {
    this.#descriptions.delete(id);
    return reject(status === 404 ? "missing" : status === 410 ? "gone" : "unavailable");
  }

  /** The description of a response, if it was looked up or created here lately. */
  remembered(id: string): Description | undefined {
    return this.#descriptions.get(id);
  }

  /** How a response ended whose stream is closed. Rejects when that cannot be known now. */
  async outcome(id: string): Promise<Outcome> {
    const known = this.#outcomes.get(id);
    if (known !== undefined) return known;
    const response = await this.#backend.send("GET", `${this.#backend.outcome(id)}?offset=-1`);
    const text = await response.text();
    const found = response.ok ? parseOutcome(text) : response.status === 404 ? "complete" : undefined;
    if (found === undefined) throw new Error(`an outcome cannot be read: ${response.status}`);
    this.#outcomes.set(id, found);
    return found;
  }

  /**
   * Says how a response ended, before its stream is closed: whoever sees the end then finds the reason. The first word counts.
   * Nothing is written for one that is complete. Throws when it cannot be recorded.
   */
  async record(id: string, outcome: Outcome): Promise<void> {
    if (outcome === "complete") return;
    const headers = { ...this.#ttl, [HEADER.contentType]: TEXT, [HEADER.streamClosed]: "true" };
    const url = this.#backend.outcome(id);
    const { status } = await discard(await this.#backend.send("PUT", url, { headers, body: outcome }));
    if (status !== 201 && status !== 200 && status !== 409)
      throw new Error(`an outcome cannot be recorded: ${status}`);
  }

  /** Ends a response for its readers, for a reason. Throws when that cannot be recorded. */
  async settle(id: string, outcome: Outcome): Promise<void> {
    await this.record(id, outcome);
    const headers = { [HEADER.streamClosed]: "true" };
    const { status } = await discard(await this.#backend.send("POST", this.#backend.bytes(id), { headers }));
    // 409: it is closed. 404, 410: it was deleted.
    if (status >= 300 && ![404, 409, 410].includes(status))
      throw new Error(`a stream cannot be closed: ${status}`);
  }

  /** Deletes a response and all that is kept beside it. False when the server below did not do so. */
  async delete(id: string): Promise<boolean> {
    const { bytes, outcome, claim } = {
      bytes: this.#backend.bytes(id),
      outcome: this.#backend.outcome(id),
      claim: this.#backend.claim(id),
    };
    this.#descriptions.delete(id);
    this.#outcomes.delete(id);
    const deletions = [bytes, outcome, claim].map(async (url) =>
      discard(await this.#backend.send("DELETE", url)),
    );
    const answers = await Promise.all(deletions);
    return answers.every(({ ok, status }) => ok || status === 404 || status === 410);
  }
}
