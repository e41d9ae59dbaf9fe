/** Requests that are one and the same are made once, whichever process they come to. */
import type { Context } from "../context.ts";
import type { UpstreamRequest } from "../upstream.ts";
import { type Claim, claim } from "./claims.ts";
import { type Creation, createStream, failed } from "./create-stream.ts";

/** Longer than an upstream may take to begin: whoever fetches has then failed, and says so. */
const PATIENCE_MS = 5_000;

export class OnceCreator {
  readonly #context: Context;
  /** What is under way here, by id. */
  readonly #flights = new Map<string, Promise<Creation>>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** The stream of a request: the one that there is, or a new one. Never rejects. Goes on when its asker leaves. */
  async create(id: string, request: UpstreamRequest): Promise<Creation> {
    const flying = this.#flights.get(id);
    if (flying !== undefined) {
      const creation = await flying;
      return creation.kind === "created" ? { ...creation, kind: "found" } : creation;
    }
    const flight = this.#create(id, request).finally(() => this.#flights.delete(id));
    this.#flights.set(id, flight);
    return flight;
  }

  async #create(id: string, request: UpstreamRequest): Promise<Creation> {
    const { settings } = this.#context;
    try {
      await this.#context.lease.hold();
    } catch {
      return failed("STORAGE_ERROR", "The server that holds the streams does not take this one");
    }
    try {
      const claimed = await claim(this.#context, id, settings.headersTimeoutMs + PATIENCE_MS);
      return await this.#fetchClaimed(id, request, claimed);
    } catch (error) {
      settings.logger.warn({ reason: (error as Error).message }, "a request could not be claimed");
      return failed("STORAGE_ERROR", "The server that holds the streams does not take this one");
    } finally {
      this.#context.lease.drop();
    }
  }

  async #fetchClaimed(id: string, request: UpstreamRequest, claimed: Claim): Promise<Creation> {
    if (claimed.kind === "busy")
      return failed("UNAVAILABLE", "The same request is still being made: try again");
    if (claimed.kind === "found") return { kind: "found", id, contentType: claimed.contentType };
    const creation = await createStream(this.#context, id, request, undefined);
    // So that another attempt may be made, and at once.
    if (creation.kind !== "created") await claimed.release();
    return creation;
  }
}
