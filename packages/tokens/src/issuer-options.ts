/** What an operator says of an issuer. */
import type { Grant, TokenLimits } from "./claims.ts";

/** Rights for whoever has certain claims. */
export interface IssuerRule extends Grant {
  /**
   * Claims that a token must have for the rule to count: each equal to the value, or a list with it, or, for `scope`, words with it.
   * A name with dots also leads into objects: `realm_access.roles`. Without it, all tokens have the rights.
   */
  readonly when?: Readonly<Record<string, string | number | boolean>>;
}

/** An issuer, and what its tokens allow. */
export interface IssuerOptions {
  /** What `iss` says, exactly. */
  readonly issuer: string;
  /** What `aud` says, or one of what it says: a token for another application counts nothing here. */
  readonly audience: string;
  /** Where its keys are (JWKS): https, or http on this machine. */
  readonly jwks: string;
  /** Which signatures count. Default RS256, ES256 and EdDSA. */
  readonly algorithms?: readonly string[];
  /** The service whose streams its tokens are for. */
  readonly service: string;
  /**
   * Rights by claims, 1 to 32; those that fit are added up. In `match` and `producer`, `{sub}` is the claim of that name, as one segment; a
   * token without it has no right by that rule.
   */
  readonly rights: readonly IssuerRule[];
  /** What each of its tokens may use up. Default: no limit. */
  readonly limits?: TokenLimits;
}

/** An issuer, checked and complete. */
export interface Issuer extends IssuerOptions {
  readonly algorithms: readonly string[];
  readonly limits: TokenLimits;
}
