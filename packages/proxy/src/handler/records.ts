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
/** One request, always the same one: sent again to a stream that it has closed, it is answered as if it closed it. */
const CLOSER = {
  [HEADER.streamClosed]: "true",
  [HEADER.producerId]: "ending",
  [HEADER.producerEpoch]: "0",
  [HEADER.producerSeq]: "0",
};

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
    const outcome = (await this.#close(id)) ? await this.#reason(id) : "complete";
    this.remember(id, outcome);
    return outcome;
  }

  /** The word of whoever ended a response early. It may be gone, when the response was read for longer than words are kept. */
  async #reason(id: string): Promise<Outcome> {
    const response = await this.#backend.send("GET", `${this.#backend.outcome(id)}?offset=-1`);
    const text = await response.text();
    const found = response.ok ? parseOutcome(text) : response.status === 404 ? "failed" : undefined;
    if (found === undefined) throw new Error(`an outcome cannot be read: ${response.status}`);
    return found;
  }

  /** Notes how a response ended, so that it need not be looked up. */
  remember(id: string, outcome: Outcome): void {
    this.#outcomes.set(id, outcome);
  }

  /**
   * Ends a response for its readers before it is complete. The reason is written first: whoever sees the end then finds it, and the
   * first reason counts. False if it had ended as complete. Throws when it cannot be ended.
   */
  async settle(id: string, outcome: Exclude<Outcome, "complete">): Promise<boolean> {
    const headers = { ...this.#ttl, [HEADER.contentType]: TEXT, [HEADER.streamClosed]: "true" };
    const url = this.#backend.outcome(id);
    const { status } = await discard(await this.#backend.send("PUT", url, { headers, body: outcome }));
    if (status !== 201 && status !== 200 && status !== 409)
      throw new Error(`an outcome cannot be recorded: ${status}`);
    return this.#close(id);
  }

  /**
   * Closes a stream in the name of all who end responses before they are complete. The server below remembers in whose name a stream
   * was closed, so it also tells whether one was: false if its writer closed it, or it is gone.
   */
  async #close(id: string): Promise<boolean> {
    const { ok, status } = await discard(
      await this.#backend.send("POST", this.#backend.bytes(id), { headers: CLOSER }),
    );
    if (!ok && ![404, 409, 410].includes(status)) throw new Error(`a stream cannot be closed: ${status}`);
    return ok;
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
