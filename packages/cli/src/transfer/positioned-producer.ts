/**
 * Appends a source to a stream exactly once, whoever is killed in between.
 *
 * The trick: the producer epoch of an append says how far into the source it reaches (bytes of a file, messages of a
 * stream). Servers of the protocol store the epoch with the data in one step, accept only greater ones, and tell the
 * stored one when they refuse (protocol §9). So the target itself knows how much of the source it has, and nothing
 * needs to be noted elsewhere. Only one append may be on its way at a time; batches are cut by the same rule in each
 * run, so that one that was still on its way when its sender died is recognised as the same.
 */
import { FetchError } from "@perennial/client";
import { HEADER, isTrue } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";
import { EXIT } from "../exit-codes.ts";
import { failure } from "../failure.ts";

/** How long an append is repeated while the server cannot be reached: longer than a restart takes, ms. */
const PATIENCE_MS = 60_000;

export interface Target {
  readonly url: string;
  readonly contentType: string;
  /** The same in every run of one transfer, and in no other. */
  readonly producerId: string;
}

/** How far into a source its target reaches; `closed`: the target takes no more content, whatever it has. */
export type Reach = { readonly kind: "at"; readonly position: number } | { readonly kind: "closed" };

export class PositionedProducer {
  readonly #connection: Connection;
  readonly #target: Target;

  constructor(connection: Connection, target: Target) {
    this.#connection = connection;
    this.#target = target;
  }

  /**
   * How far into the source the target reaches; 0 if nothing of it is there. Asks by an append that no server
   * accepts: sequence number 1 of epoch 0 is a gap for a producer that is unknown, and stale for any other.
   *
   * @param content any valid content of the stream; it is not stored
   */
  async position(content: Uint8Array): Promise<Reach> {
    try {
      await this.#post(content, 0, 1);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (error.status === 403) return { kind: "at", position: positionIn(error) };
      if (isTrue(error.headers[HEADER.streamClosed.toLowerCase()])) return { kind: "closed" };
      if (error.status === 409 && error.headers[HEADER.producerExpectedSeq.toLowerCase()] === "0")
        return { kind: "at", position: 0 };
      throw error;
    }
    throw failure(
      "the server stores what it must refuse (a gap in a producer's sequence); nothing more was sent",
    );
  }

  /**
   * Appends what reaches up to `position` in the source.
   *
   * @returns once it is stored, whether by this request or an earlier one
   */
  async append(content: Uint8Array, position: number): Promise<void> {
    try {
      await this.#post(content, position, 0);
    } catch (error) {
      if (!(error instanceof FetchError) || error.status !== 403) throw error;
      throw failure(
        "another run of this transfer is under way; let it finish, or start this one again",
        EXIT.conflict,
      );
    }
  }

  /** Closes the stream. */
  async close(): Promise<void> {
    const headers = { [HEADER.streamClosed]: "true" };
    await this.#connection.request("POST", this.#target.url, { headers, retryMs: PATIENCE_MS });
  }

  #post(body: Uint8Array, epoch: number, sequence: number): Promise<Response> {
    const { url, contentType, producerId } = this.#target;
    const headers = {
      [HEADER.contentType]: contentType,
      [HEADER.producerId]: producerId,
      [HEADER.producerEpoch]: String(epoch),
      [HEADER.producerSeq]: String(sequence),
    };
    return this.#connection.request("POST", url, { headers, body, retryMs: PATIENCE_MS });
  }
}

function positionIn({ headers }: FetchError): number {
  const position = Number(headers[HEADER.producerEpoch.toLowerCase()] ?? Number.NaN);
  if (Number.isSafeInteger(position) && position >= 0) return position;
  throw failure("the server does not say which producer epoch it has, so the transfer cannot be resumed");
}
