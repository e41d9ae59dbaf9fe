/** Tokens of other issuers, with their keys fetched over the network. */
import { ok, type Result } from "@perennial/protocol";
import type { IssuedTokens, IssuerOptions } from "@perennial/tokens";
import type { Logger } from "../telemetry/logger.ts";

export type { IssuedTokens, IssuerOptions };

/** An answer with keys takes so long at most, ms, and is so long at most, bytes. */
const TIME_LIMIT = 5000;
const LENGTH_MAX = 262_144;

/** What verifies them, or what is wrong with the issuers. */
export async function issuedTokens(
  issuers: readonly IssuerOptions[],
  logger: Logger,
  monotonicNow: () => number,
): Promise<Result<IssuedTokens, string>> {
  // Only now: what it imports cannot be required by older CommonJS.
  const { IssuedTokens, parseIssuers } = await import("@perennial/tokens");
  const parsed = parseIssuers(issuers);
  if (parsed.kind === "rejected") return parsed;
  const issued = new IssuedTokens(parsed.value, {
    fetchJson,
    monotonicNow,
    onFailure: (issuer, err) =>
      logger.warn(
        { err, issuer },
        "the keys of an issuer cannot be had: tokens that need new ones are refused",
      ),
  });
  return ok(issued);
}

/** A JSON document from where the operator says, and from nowhere else. */
async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, {
    redirect: "error",
    headers: { Accept: "application/jwk-set+json, application/json" },
    signal: AbortSignal.timeout(TIME_LIMIT),
  });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > LENGTH_MAX) throw new RangeError(`${url} answers with more than ${LENGTH_MAX} bytes`);
    parts.push(part);
  }
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return JSON.parse(Buffer.concat(parts).toString());
}
