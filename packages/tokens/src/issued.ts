/** Tokens that others issue: logins of a backend's users, verified with the keys that their issuer publishes. */
import { ok, type Result, reject } from "@perennial/protocol";
import { decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import type { Rights } from "./claims.ts";
import { issuedRights } from "./issued-rights.ts";
import type { Issuer } from "./issuer-options.ts";
import { KeySet } from "./key-set.ts";
import { isCanonical, looksLikeToken, SKEW, type TokenProblem } from "./verify.ts";

/** What verifying needs of the world. */
export interface IssuedDeps {
  /** Fetches a JSON document, within bounds of time and length; rejects if that fails. */
  readonly fetchJson: (url: string) => Promise<unknown>;
  /** Told when an issuer's keys cannot be had, every ten seconds at most. */
  readonly onFailure: (issuer: string, error: unknown) => void;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonicNow: () => number;
}

interface Trusted {
  readonly issuer: Issuer;
  readonly keys: KeySet;
}

export class IssuedTokens {
  readonly #trusted: readonly Trusted[];

  constructor(issuers: readonly Issuer[], { fetchJson, onFailure, monotonicNow }: IssuedDeps) {
    this.#trusted = issuers.map((issuer) => ({
      issuer,
      keys: new KeySet(
        () => fetchJson(issuer.jwks),
        (error) => onFailure(issuer.issuer, error),
        monotonicNow,
      ),
    }));
  }

  /**
   * Verifies a token. Never rejects; what is given may come from anybody. Nothing is fetched or computed for an issuer that is not
   * trusted, and nothing from where the token says.
   *
   * @param now epoch milliseconds
   */
  async verify(token: string, now: number): Promise<Result<Rights, TokenProblem>> {
    const trusted = this.#trustedFor(token);
    if (trusted === undefined) return reject({ kind: "unknown-key" });
    const { issuer, keys } = trusted;
    try {
      const { payload } = await jwtVerify(token, keys.keyFor, {
        ...{ issuer: issuer.issuer, audience: issuer.audience, algorithms: [...issuer.algorithms] },
        ...{ clockTolerance: SKEW, currentDate: new Date(now), requiredClaims: ["exp"] },
      });
      return judged(issuer, payload, now / 1000);
    } catch (error) {
      return reject(problemOf(error));
    }
  }

  #trustedFor(token: string): Trusted | undefined {
    if (!looksLikeToken(token) || !isCanonical(token)) return undefined;
    const claims = claimsOf(token);
    const audiences = [claims?.aud].flat();
    return this.#trusted.find(
      ({ issuer }) => issuer.issuer === claims?.iss && audiences.includes(issuer.audience),
    );
  }
}

/** Clocks may differ for a token's beginning; an end is an end. */
function judged(issuer: Issuer, payload: JWTPayload, seconds: number): Result<Rights, TokenProblem> {
  const { exp, iat = 0 } = payload as { exp: number; iat?: number };
  if (exp <= seconds) return reject({ kind: "expired" });
  if (iat > seconds + SKEW) return reject({ kind: "not-yet-valid" });
  return ok(issuedRights(issuer, { ...payload, exp }));
}

/** What a token says, without knowing whether it is true. */
function claimsOf(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

function problemOf(error: unknown): TokenProblem {
  if (error instanceof errors.JWTExpired) return { kind: "expired" };
  if (error instanceof errors.JWKSNoMatchingKey) return { kind: "unknown-key" };
  if (!(error instanceof errors.JWTClaimValidationFailed)) return { kind: "bad-signature" };
  return error.claim === "nbf" ? { kind: "not-yet-valid" } : { kind: "bad-claims", reason: error.message };
}
