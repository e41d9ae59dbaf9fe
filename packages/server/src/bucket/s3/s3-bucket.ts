/** A bucket of Amazon S3, or of another service that speaks its language, over HTTP. */
import { setTimeout as delay } from "node:timers/promises";
import { HEADER, type Rejected, reject } from "@perennial/protocol";
import type {
  Bucket,
  BucketProblem,
  Deleted,
  Found,
  GetOptions,
  ListedObjects,
  NotFound,
  Stored,
  Taken,
} from "../bucket.ts";
import { type Answered, type ExchangeLimits, Exchanges } from "./exchange.ts";
import { readListing } from "./listing.ts";
import type { S3Location } from "./location.ts";
import { codeOf, isPassing, problemOfAnswer, problemOfSilence } from "./problems.ts";
import { encodePart, encodeQuery, Signer } from "./sign.ts";

/** Of an answer that has nothing but a status, or an error. */
const SHORT_ANSWER_BYTES = 64 * 1024;
/** A thousand keys of 1,024 bytes, each of which an entity may stand for, would be shorter. */
const LISTING_BYTES = 8 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

export interface S3Options extends ExchangeLimits {
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** The first pause between two attempts, milliseconds, on average; each is twice as long as the one before. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  readonly now: () => Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const DEFAULTS: S3Options = {
  ...{ idleMs: 20_000, totalMs: 300_000 },
  ...{ attempts: 6, pauseMs: 100, pauseMsMax: 3000 },
  now: () => new Date(),
  random: Math.random,
};

interface S3Request {
  readonly method: "GET" | "PUT" | "DELETE";
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly answerBytesMax?: number;
}

/** Repeats what fails for a while, with pauses. All of it may be repeated: see `Taken`. */
export class S3Bucket implements Bucket {
  readonly #location: S3Location;
  readonly #options: S3Options;
  readonly #exchanges: Exchanges;
  readonly #signer: Signer;

  constructor(location: S3Location, options: Partial<S3Options> = {}) {
    this.#location = location;
    this.#options = { ...DEFAULTS, ...options };
    this.#exchanges = new Exchanges(location.base, this.#options);
    this.#signer = new Signer(location.credentials, location.region);
  }

  async put(key: string, bytes: Uint8Array): Promise<Stored | Rejected<BucketProblem>> {
    const answer = await this.#ask({ method: "PUT", key, body: bytes });
    if (answer.kind === "rejected") return answer;
    return answer.status === 200 ? { kind: "stored" } : this.#problem(answer);
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<Stored | Taken | Rejected<BucketProblem>> {
    const headers = { [HEADER.ifNoneMatch.toLowerCase()]: "*" };
    const answer = await this.#ask({ method: "PUT", key, body: bytes, headers });
    if (answer.kind === "rejected") return answer;
    if (answer.status === 412) return { kind: "taken" };
    return answer.status === 200 ? { kind: "stored" } : this.#problem(answer);
  }

  async get(
    key: string,
    { maxBytes, range }: GetOptions,
  ): Promise<Found | NotFound | Rejected<BucketProblem>> {
    const headers: Record<string, string> = {};
    if (range !== undefined) headers.range = `bytes=${range.from}-${range.from + range.count - 1}`;
    const answerBytesMax = Math.max(maxBytes, SHORT_ANSWER_BYTES);
    const answer = await this.#ask({ method: "GET", key, headers, answerBytesMax });
    if (answer.kind === "rejected") return answer;
    const { status, body } = answer;
    if (status === 404 && ["NoSuchKey", ""].includes(codeOf(answer))) return { kind: "not-found" };
    // A range that begins at the end, or behind it.
    if (status === 416 && range !== undefined) return { kind: "found", bytes: Buffer.alloc(0) };
    if (status !== (range === undefined ? 200 : 206)) return this.#problem(answer);
    if (body.length <= maxBytes) return { kind: "found", bytes: body };
    const message = `${this.#location.bucket}/${key} is longer than ${maxBytes} bytes`;
    return reject({ reason: "unusable", message });
  }

  async list(prefix: string, after = ""): Promise<ListedObjects | Rejected<BucketProblem>> {
    const start: Record<string, string> = after === "" ? {} : { "start-after": after };
    const query = { "list-type": "2", prefix, ...start };
    const answer = await this.#ask({ method: "GET", key: "", query, answerBytesMax: LISTING_BYTES });
    if (answer.kind === "rejected") return answer;
    if (answer.status !== 200) return this.#problem(answer);
    const listing = readListing(answer.body.toString(), prefix, after);
    return listing ?? this.#problem(answer);
  }

  async delete(key: string): Promise<Deleted | Rejected<BucketProblem>> {
    const answer = await this.#ask({ method: "DELETE", key });
    if (answer.kind === "rejected") return answer;
    const isGone = [200, 204].includes(answer.status) || codeOf(answer) === "NoSuchKey";
    return isGone ? { kind: "deleted" } : this.#problem(answer);
  }

  close(): void {
    this.#exchanges.close();
  }

  #problem(answer: Answered): Rejected<BucketProblem> {
    return reject(problemOfAnswer(this.#location, answer));
  }

  /** Asks until there is an answer that asking again would not change, or often enough. */
  async #ask(request: S3Request): Promise<Answered | Rejected<BucketProblem>> {
    const { attempts, pauseMs, pauseMsMax, random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#exchanges.run(this.#signed(request));
      if (outcome.kind === "answered" && !isPassing(outcome)) return outcome;
      const isHopeless = outcome.kind === "rejected" && outcome.rejection.reason === "too-long";
      if (attempt >= attempts || isHopeless)
        return outcome.kind === "answered"
          ? this.#problem(outcome)
          : reject(problemOfSilence(this.#location, outcome.rejection));
      await delay(Math.min(pauseMsMax, pauseMs * 2 ** (attempt - 1)) * (0.5 + random()));
    }
  }

  /** Each attempt has a signature of its own time. */
  #signed({ method, key, query = {}, headers = {}, body = NOTHING, ...limits }: S3Request) {
    const { base } = this.#location;
    const parts = key === "" ? [] : key.split("/").map(encodePart);
    const path = [base.pathname.replace(/\/$/, ""), ...parts].join("/") || "/";
    const encoded = encodeQuery(query);
    const unsigned = { method, host: base.host, path, query: encoded, headers, body };
    return {
      method,
      path: encoded === "" ? path : `${path}?${encoded}`,
      headers: this.#signer.sign(unsigned, this.#options.now()),
      body,
      answerBytesMax: limits.answerBytesMax ?? SHORT_ANSWER_BYTES,
    };
  }
}
