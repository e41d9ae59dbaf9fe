/** Tokens for streams: short-lived rights that a backend signs offline and hands to browsers. */
export {
  type Grant,
  OPERATIONS,
  type Operation,
  type ParsedGrant,
  parseClaims,
  type Rights,
  type TokenClaims,
  type TokenLimits,
} from "./claims.ts";
export { type IssuedDeps, IssuedTokens } from "./issued.ts";
export { parseIssuers } from "./issuer.ts";
export type { Issuer, IssuerOptions, IssuerRule } from "./issuer-options.ts";
export { createSecret, type PublicKey, type SigningKey, signingKey } from "./keys.ts";
export { mintToken, type TokenOptions } from "./mint.ts";
export { type Act, allows } from "./rights.ts";
export { looksLikeToken, type TokenProblem, type VerifyOptions, verifyToken } from "./verify.ts";
