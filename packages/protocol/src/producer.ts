import { HEADER } from "./headers.ts";
import { type Rejected, reject } from "./result.ts";

/** The longest `Producer-Id` we accept, in characters: producers are state that a stream keeps. */
export const PRODUCER_ID_MAX_LENGTH = 256;

/** What the three producer headers of a request say (protocol §3.1). */
export type ProducerHeaders =
  | { readonly kind: "none" }
  | { readonly kind: "trio"; readonly id: string; readonly epoch: number; readonly seq: number }
  | Rejected<HeaderFault>;

/** The header at fault, and what is wrong with it: "must not be empty". */
export interface HeaderFault {
  readonly header: string;
  readonly reason: string;
}

const NONE: ProducerHeaders = { kind: "none" };
const DIGITS = /^[0-9]+$/;

/**
 * Reads `Producer-Id`, `Producer-Epoch` and `Producer-Seq`, each `undefined` when absent. They come all three or not
 * at all. The id is non-empty and at most `PRODUCER_ID_MAX_LENGTH` characters; the numbers are decimal digits up to
 * 2^53-1.
 */
export function parseProducerTrio(
  id: string | undefined,
  epoch: string | undefined,
  seq: string | undefined,
): ProducerHeaders {
  if (id === undefined && epoch === undefined && seq === undefined) return NONE;
  if (id === undefined) return invalid(HEADER.producerId, MISSING);
  if (epoch === undefined) return invalid(HEADER.producerEpoch, MISSING);
  if (seq === undefined) return invalid(HEADER.producerSeq, MISSING);
  if (id.length === 0) return invalid(HEADER.producerId, "must not be empty");
  if (id.length > PRODUCER_ID_MAX_LENGTH) {
    return invalid(HEADER.producerId, `must not exceed ${PRODUCER_ID_MAX_LENGTH} characters`);
  }
  const epochNumber = parseInteger(epoch);
  if (epochNumber === undefined) return invalid(HEADER.producerEpoch, NOT_AN_INTEGER);
  const seqNumber = parseInteger(seq);
  if (seqNumber === undefined) return invalid(HEADER.producerSeq, NOT_AN_INTEGER);
  return { kind: "trio", id, epoch: epochNumber, seq: seqNumber };
}

const MISSING = "is missing: the three producer headers must be sent together";
const NOT_AN_INTEGER = "must be an integer from 0 to 9007199254740991, in decimal digits";

function invalid(header: string, reason: string): ProducerHeaders {
  return reject({ header, reason });
}

function parseInteger(text: string): number | undefined {
  if (!DIGITS.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
