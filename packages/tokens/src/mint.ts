/** Making tokens. */
import { SignJWT } from "jose";
import { type Grant, LIFETIME_MAX, parseClaims, type TokenClaims, type TokenLimits } from "./claims.ts";
import type { SigningKey } from "./keys.ts";

/** What a new token allows. */
export interface TokenOptions {
  /** The service whose streams it is for. */
  readonly service: string;
  readonly streams: readonly Grant[];
  /** How long it is valid, seconds, up to a day. Default 600. */
  readonly expiresIn?: number;
  /** Who it is for, for logs. */
  readonly subject?: string;
  readonly limits?: TokenLimits;
  /** The current time, epoch milliseconds. Default `Date.now()`. */
  readonly now?: number;
}

const EXPIRES_IN = 600;
export const ALGORITHM = "EdDSA";

/**
 * Makes a token, without asking any server.
 *
 * @example
 * const key = await signingKey(process.env.STREAMS_SECRET!);
 * const token = await mintToken(key, {
 *   service: "my-app",
 *   streams: [{ match: "chats/123/**", ops: ["read", "append"], producer: "u-42" }],
 * });
 *
 * @throws RangeError for rights that no server would take; the message says why
 */
export async function mintToken(key: SigningKey, options: TokenOptions): Promise<string> {
  const { service, streams, expiresIn = EXPIRES_IN, subject, limits, now = Date.now() } = options;
  if (!Number.isSafeInteger(expiresIn) || expiresIn < 1 || expiresIn > LIFETIME_MAX)
    throw new RangeError(`expiresIn must be whole seconds, 1 to ${LIFETIME_MAX}`);
  const iat = Math.floor(now / 1000);
  const claims: TokenClaims = {
    aud: service,
    ...(subject !== undefined && { sub: subject }),
    iat,
    exp: iat + expiresIn,
    streams,
    ...(limits !== undefined && { limits }),
  };
  const problem = parseClaims({ ...claims });
  if (problem.kind === "rejected") throw new RangeError(problem.rejection);
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: ALGORITHM, kid: key.id }).sign(key.signing);
}
