/** Issuers of other tokens, such as logins by OpenID Connect, as an operator describes them. Read strictly. */
import { ok, type Result, reject } from "@perennial/protocol";
import { GRANTS_MAX, hasOnly, isObject, isText, limitsProblem } from "./claims.ts";
import { grantOf } from "./issued-rights.ts";
import type { Issuer, IssuerOptions, IssuerRule } from "./issuer-options.ts";

/** With a secret that both sides have, whoever can verify can sign: none of these. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
const DEFAULT_ALGORITHMS = ["RS256", "ES256", "EdDSA"];
const KNOWN = ["issuer", "audience", "jwks", "algorithms", "service", "rights", "limits"];
const HERE = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

/** Reads a list of issuers. The rejection says what is wrong with it. */
export function parseIssuers(value: unknown): Result<readonly Issuer[], string> {
  if (!Array.isArray(value)) return reject("issuers must be a list");
  const issuers: Issuer[] = [];
  for (const given of value) {
    const problem = issuerProblem(given);
    if (problem !== undefined) return reject(problem);
    const issuer = given as IssuerOptions;
    if (issuers.some((other) => other.issuer === issuer.issuer && other.audience === issuer.audience))
      return reject(`issuers must differ in issuer or audience: ${issuer.issuer} is there twice`);
    issuers.push({ algorithms: DEFAULT_ALGORITHMS, limits: {}, ...issuer });
  }
  return ok(issuers);
}

function issuerProblem(given: unknown): string | undefined {
  if (!isObject(given) || !hasOnly(given, KNOWN))
    return `an issuer must be an object with some of ${KNOWN.join(", ")}`;
  const { issuer, audience, jwks, algorithms, service, rights, limits } = given;
  for (const [name, text] of Object.entries({ issuer, audience, service }))
    if (!isText(text)) return `an issuer's ${name} must be a short text`;
  if (!isKeyUrl(jwks)) return `an issuer's jwks must be an https URL (http on this machine only)`;
  if (algorithms !== undefined && !isSome(algorithms, ALGORITHMS))
    return `an issuer's algorithms must be some of ${ALGORITHMS.join(", ")}`;
  if (!Array.isArray(rights) || rights.length === 0 || rights.length > GRANTS_MAX)
    return `an issuer's rights must be a list of 1 to ${GRANTS_MAX}`;
  for (const rule of rights) {
    const problem = ruleProblem(rule);
    if (problem !== undefined) return `an issuer's rights: ${problem}`;
  }
  return limits === undefined ? undefined : limitsProblem(limits);
}

function ruleProblem(rule: unknown): string | undefined {
  if (!isObject(rule)) return "each must be an object";
  const { when } = rule;
  const isWhen =
    when === undefined ||
    (isObject(when) && Object.values(when).every((v) => ["string", "number", "boolean"].includes(typeof v)));
  if (!isWhen) return "when must be claims and the texts, numbers or booleans that they must be";
  // Any value will do to see whether the rest is right.
  const grant = grantOf(rule as unknown as IssuerRule, () => "x");
  return grant === undefined || grant.kind === "ok" ? undefined : grant.rejection;
}

function isSome(value: unknown, of: readonly string[]): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((each) => of.includes(each));
}

function isKeyUrl(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === "https:" || (protocol === "http:" && HERE.test(hostname));
}
