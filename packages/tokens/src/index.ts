/** Tokens for streams: short-lived rights that a backend signs offline and hands to browsers. */
export {
  type Grant,
  OPERATIONS,
  type Operation,
  type ParsedGrant,
  type Rights,
  type TokenClaims,
  type TokenLimits,
} from "./claims.ts";
export { createSecret, type PublicKey, type SigningKey, signingKey } from "./keys.ts";
export { mintToken, type TokenOptions } from "./mint.ts";
export { type Act, allows } from "./rights.ts";
export { looksLikeToken, type TokenProblem, type VerifyOptions, verifyToken } from "./verify.ts";
